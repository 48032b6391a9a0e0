extension DiagnosticCode {
    /// What shows when a checked document is compiled, and with the network at hand.
    static let compilation: [DiagnosticCode] = [
        DiagnosticCode(
            "GH2190", "no usable stage of this name",
            "The stage that was asked for is not in the document, or one of its values could not be read."),
        DiagnosticCode(
            "GH3320", "policy malformed", "The statements of an authorizer do not make an IAM policy document."),
        DiagnosticCode("GH3321", "unknown algorithm", "The word is not a registered name of a JWS algorithm."),
        DiagnosticCode(
            "GH3322", "not a header field",
            "A header of a MOCK response has a name or a value that HTTP does not allow (RFC 9110 §5)."),
        DiagnosticCode("GH3323", "no uri for this stage", "A stage variable that the uri needs could not be read."),
        DiagnosticCode(
            "GH3324", "validation expression not usable",
            "identityValidationExpression is not a regular expression of PCRE2, or this build has no PCRE2."),
        DiagnosticCode(
            "GH3325", "not the address of a function",
            "A function is asked by POST at an http(s) URL; plain http is for functions on this machine, because the "
                + "event holds the caller's token."),
        DiagnosticCode(
            "GH3326", "resource policy malformed",
            "The document in \"policy\" of \"api\" is no resource policy, or names a resource that no request can ever "
                + "match: a Deny that is never met would be worse than none."),
        DiagnosticCode(
            "GH3327", "way around an authorizer",
            "With a Lambda authorizer, AWS admits what either policy allows and neither denies. A wide Allow in the "
                + "resource policy therefore lets everybody with an accepted token in, even where the authorizer's "
                + "policy says nothing."),
        DiagnosticCode(
            "GH3330", "model cannot be used",
            "A model is a JSON Schema of draft 4, as API Gateway has it. Keywords that it does not know are refused: "
                + "ignoring one would let through what its author shut out."),
        DiagnosticCode(
            "GH4320", "key cannot be used",
            "The key is malformed, too weak, or of a kind that tokens are not signed with."),
        DiagnosticCode(
            "GH4321", "key left out",
            "One key of a set cannot be used; tokens that name it are refused, all others are judged as usual."),
        DiagnosticCode(
            "GH5001", "host not found",
            "The name of a backend or of a key server does not resolve on this machine. Only validate --online looks."),
        DiagnosticCode(
            "GH5002", "keys not fetched",
            "A key set could not be fetched or read. Until it can, every token that needs it is refused. Only "
                + "validate --online looks."),
    ]
}
