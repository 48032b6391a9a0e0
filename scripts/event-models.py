#!/usr/bin/env python3
"""Feeds the events of fixtures/events to the models and data classes of AWS Lambda Powertools for Python.

  scripts/event-models.py [--venv DIR]

FunctionsTests compare the same files byte for byte with what the gateway makes, so this shows that functions written
with Powertools can read our events. Installs aws-lambda-powertools[parser] into a virtual environment on first use;
without a package index it says so and ends with 0. Exit status 1 names every event that a model refuses.
"""
import argparse, base64, json, os, subprocess, sys, venv

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PACKAGE = "aws-lambda-powertools[parser]"


def child():
    from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent, APIGatewayProxyEventV2
    from aws_lambda_powertools.utilities.data_classes.api_gateway_authorizer_event import (
        APIGatewayAuthorizerEventV2, APIGatewayAuthorizerRequestEvent, APIGatewayAuthorizerTokenEvent)
    from aws_lambda_powertools.utilities.parser import models

    failures = 0

    def check(name, want):
        nonlocal failures
        with open(os.path.join(ROOT, "fixtures/events", name + ".json"), encoding="utf-8") as f:
            event = json.load(f)
        for what, read, expected in want(event):
            try:
                got = read()
            except Exception as error:  # noqa: BLE001 - whatever a model raises is the finding
                failures += 1
                print(f"FAIL {name}: {what}: {type(error).__name__}: {error}")
                continue
            if expected is not None and got != expected:
                failures += 1
                print(f"FAIL {name}: {what}: expected {expected!r}, got {got!r}")
            else:
                print(f"ok   {name}: {what}")

    def model(cls, event):
        return lambda: cls.model_validate(event) and None

    arn = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/dev/GET/ships/42"

    def token(e):
        view = APIGatewayAuthorizerTokenEvent(e)
        yield "model", model(models.ApiGatewayAuthorizerToken, e), None
        yield "authorization_token", lambda: view.authorization_token, e["authorizationToken"]
        yield "method_arn", lambda: view.method_arn, arn
        yield "parsed_arn", lambda: (view.parsed_arn.stage, view.parsed_arn.http_method, view.parsed_arn.resource), (
            "dev", "GET", "ships/42")

    def request(e):
        view = APIGatewayAuthorizerRequestEvent(e)
        yield "model", model(models.ApiGatewayAuthorizerRequest, e), None
        yield "method_arn", lambda: view.method_arn, arn
        yield "path_parameters", lambda: view.path_parameters, {"id": "42"}
        yield "headers ignore case", lambda: view.headers["x-forwarded-for"], "203.0.113.7"
        yield "request_context", lambda: (view.request_context.stage, view.request_context.identity.source_ip), (
            "dev", "203.0.113.7")

    def request_http1(e):
        view = APIGatewayAuthorizerRequestEvent(e)
        yield "method_arn", lambda: view.parsed_arn.stage, "$default"
        yield "authorization_token", lambda: view.authorization_token, "hv,q1"
        yield "identity_source", lambda: view.identity_source, "hv,q1"

    def request_http2(e):
        view = APIGatewayAuthorizerEventV2(e)
        yield "model", model(models.ApiGatewayAuthorizerRequestV2, e), None
        yield "identity_source", lambda: view.identity_source, ["hv", "q1"]
        yield "route", lambda: (view.route_key, view.raw_path, view.cookies[0]), ("GET /ships/{id}", "/ships/42", "a=1")
        yield "request_context", lambda: (view.request_context.http.method, view.request_context.time_epoch), (
            "GET", 1428582896007)

    def proxy(e):
        view = APIGatewayProxyEvent(e)
        yield "model", model(models.APIGatewayProxyEventModel, e), None
        yield "json_body", lambda: view.json_body, {"a": "\u00e9"}
        yield "authorizer", lambda: (
            view.request_context.authorizer.principal_id, view.request_context.authorizer.integration_latency,
            view.request_context.authorizer["n"]), ("u-100", 12, "1")
        yield "request_context", lambda: (view.request_context.request_time_epoch, view.request_context.path), (
            1428582896007, "/dev/ships/42")

    def proxy_binary(e):
        view = APIGatewayProxyEvent(e)
        yield "model", model(models.APIGatewayProxyEventModel, e), None
        yield "is_base64_encoded", lambda: view.is_base64_encoded, True
        yield "body", lambda: base64.b64decode(view.body), b"\x89PNG\xff"

    def proxy_lambda(e):
        view = APIGatewayProxyEventV2(e)
        yield "model", model(models.APIGatewayProxyEventV2Model, e), None
        yield "context", lambda: view.request_context.authorizer.get_lambda, {
            "role": "clerk", "n": 7, "map": {"k": ["v"]}}

    def proxy_http1(e):
        view = APIGatewayProxyEvent(e)
        yield "version", lambda: view.version, "1.0"
        yield "multi_value_query", lambda: view.resolved_query_string_parameters, {"x": ["1", "2"]}
        yield "body", lambda: view.decoded_body, "hello"

    def proxy_http2(e):
        view = APIGatewayProxyEventV2(e)
        yield "model", model(models.APIGatewayProxyEventV2Model, e), None
        yield "json_body", lambda: view.json_body, {"a": 1}
        yield "jwt", lambda: (
            view.request_context.authorizer.jwt_claim, view.request_context.authorizer.jwt_scopes), (
                {"sub": "u-100", "level": "5"}, ["read"])
        yield "route", lambda: (view.route_key, view.raw_query_string, view.cookies), (
            "ANY /ships/{id}", "x=1&x=2&y=%20z", ["a=1", "b=2"])

    check("rest-token", token)
    check("rest-request", request)
    check("http-request-1.0", request_http1)
    check("http-request-2.0", request_http2)
    check("rest-proxy", proxy)
    check("rest-proxy-binary", proxy_binary)
    check("http-proxy-2.0-lambda", proxy_lambda)
    check("http-proxy-1.0", proxy_http1)
    check("http-proxy-2.0", proxy_http2)
    print(f"{failures} failures")
    return 1 if failures else 0


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--venv", default=os.path.join(ROOT, ".build/event-models-venv"))
    ap.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    a = ap.parse_args()
    if a.inside:
        return child()
    python = os.path.join(a.venv, "bin/python")
    if not os.path.exists(python):
        venv.create(a.venv, with_pip=True)
    probe = [python, "-c", "import aws_lambda_powertools.utilities.parser.models"]
    if subprocess.run(probe, capture_output=True).returncode:
        install = subprocess.run([python, "-m", "pip", "install", "-q", PACKAGE], capture_output=True, text=True)
        if install.returncode:
            print(f"event-models: skipped, {PACKAGE} cannot be installed here")
            return 0
    return subprocess.run([python, os.path.abspath(__file__), "--inside"]).returncode


if __name__ == "__main__":
    sys.exit(main())
