/// Starts a Python handler by the runtime interface client of PyPI, the one that AWS's own images run. Without it the
/// caller is told what to install, in the form of Lambda's own import errors.
package enum PythonBootstrap {
    package static let text = #"""
        import sys
        handler = sys.argv[1]
        try:
            import awslambdaric
        except ImportError:
            import http.client, json, os
            message = (
                f"{sys.executable} has no module 'awslambdaric', which runs Lambda handlers: "
                f"install it with: {sys.executable} -m pip install awslambdaric"
            )
            print(message, file=sys.stderr, flush=True)
            api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
            body = json.dumps({"errorType": "Runtime.ImportModuleError", "errorMessage": message, "stackTrace": []})
            api.request("POST", "/2018-06-01/runtime/init/error", body)
            api.getresponse().read()
            sys.exit(1)
        import runpy
        sys.argv = ["awslambdaric", handler]
        runpy.run_module("awslambdaric", run_name="__main__", alter_sys=True)
        """#
}

/// Starts a Node handler: by aws-lambda-ric when the code's folder has it, else by itself, for `exports.handler` with a
/// promise or a callback, in CommonJS and ES modules.
package enum NodeBootstrap {
    package static let text = #"""
        'use strict';
        const http = require('node:http');
        const path = require('node:path');
        const url = require('node:url');
        const fs = require('node:fs');
        const util = require('node:util');
        const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
        const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
        const root = process.cwd();
        const wanted = process.argv[1];

        function call(method, target, body, headers) {
          return new Promise((resolve, reject) => {
            const request = http.request(
              { host, port, method, agent, path: '/2018-06-01/runtime/' + target, headers: headers || {} },
              (answer) => {
                const parts = [];
                answer.on('data', (part) => parts.push(part));
                answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
                answer.on('error', reject);
              });
            request.setNoDelay(true);
            request.on('error', reject);
            request.end(body);
          });
        }

        function described(error) {
          const isError = util.types.isNativeError(error) || error instanceof Error;
          return JSON.stringify({
            errorType: isError ? error.name : typeof error,
            errorMessage: isError ? error.message : String(error),
            trace: isError && error.stack ? error.stack.split('\n') : [],
          });
        }

        function send(target, text) {
          const body = Buffer.from(text);
          return call('POST', target, body, { 'Content-Type': 'application/json', 'Content-Length': body.length });
        }

        async function cannotStart(type, error) {
          console.error(error && error.stack ? error.stack : error);
          const body = JSON.stringify({
            errorType: type, errorMessage: String(error && error.message ? error.message : error), stackTrace: [],
          });
          await send('init/error', body);
          process.exit(1);
        }

        async function load() {
          const dot = wanted.indexOf('.', wanted.lastIndexOf('/') + 1);
          const file = path.resolve(root, wanted.slice(0, dot));
          const found = ['', '.js', '.cjs', '.mjs'].map((end) => file + end)
            .find((name) => fs.existsSync(name) && fs.statSync(name).isFile());
          if (!found) await cannotStart('Runtime.ImportModuleError', `Error: Cannot find module '${wanted.slice(0, dot)}'`);
          let loaded;
          try {
            loaded = await import(url.pathToFileURL(found).href);
          } catch (error) {
            await cannotStart(
              error instanceof SyntaxError ? 'Runtime.UserCodeSyntaxError' : 'Runtime.ImportModuleError', error);
          }
          let value = loaded;
          for (const name of wanted.slice(dot + 1).split('.')) {
            value = value && (value[name] !== undefined ? value[name] : value.default && value.default[name]);
          }
          if (typeof value !== 'function') {
            await cannotStart('Runtime.HandlerNotFound', `${wanted} is undefined or not exported`);
          }
          return value;
        }

        // What ends the present invocation when nothing else does; the id of the invocation.
        let drained = null;
        let present = null;

        function run(handler, event, context) {
          return new Promise((resolve, reject) => {
            const done = (error, value) => (error ? reject(error) : resolve(value));
            context.done = done;
            context.succeed = (value) => resolve(value);
            context.fail = (error) => reject(error);
            // As on Lambda: nothing is left to run, and nobody has answered.
            drained = () => resolve(null);
            let result;
            try {
              result = handler(event, context, done);
            } catch (error) {
              return reject(error);
            }
            // What a function returns that is not async is of no interest to Lambda, nor here.
            if (result && typeof result.then === 'function') result.then(resolve, reject);
          });
        }

        async function end(error, status) {
          console.error(error && error.stack ? error.stack : error);
          if (present) await send(`invocation/${present}/error`, described(error)).catch(() => {});
          process.exit(status);
        }

        async function main() {
          try {
            const client = require(require.resolve('aws-lambda-ric', { paths: [root] }));
            return client.run(root, wanted);
          } catch (error) {
            if (!error || error.code !== 'MODULE_NOT_FOUND') throw error;
          }
          const handler = await load();
          for (;;) {
            present = null;
            const next = await call('GET', 'invocation/next');
            if (next.status !== 200) process.exit(1);
            const id = next.headers['lambda-runtime-aws-request-id'];
            present = id;
            const deadline = Number(next.headers['lambda-runtime-deadline-ms']);
            if (next.headers['lambda-runtime-trace-id']) process.env._X_AMZN_TRACE_ID = next.headers['lambda-runtime-trace-id'];
            const context = {
              callbackWaitsForEmptyEventLoop: true,
              functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
              functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
              memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
              logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
              logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
              invokedFunctionArn: next.headers['lambda-runtime-invoked-function-arn'],
              awsRequestId: id,
              getRemainingTimeInMillis: () => deadline - Date.now(),
            };
            try {
              const value = await run(handler, JSON.parse(next.body.toString()), context);
              await send(`invocation/${id}/response`, JSON.stringify(value === undefined ? null : value));
            } catch (error) {
              console.error(error && error.stack ? error.stack : error);
              await send(`invocation/${id}/error`, described(error));
            }
          }
        }

        process.on('beforeExit', () => { if (present && drained) drained(); });
        process.on('unhandledRejection', (reason) => {
          const error = new Error(reason && reason.message ? reason.message : String(reason));
          error.name = 'Runtime.UnhandledPromiseRejection';
          end(error, 128);
        });
        process.on('uncaughtException', (error) => end(error, 129));
        main();
        """#
}
