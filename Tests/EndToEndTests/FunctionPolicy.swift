/// Policies as functions answer them.
enum FunctionPolicy {
    static let allow = answer(principal: "p-1", #"{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"*"}"#)

    static func answer(principal: String, _ statements: String, context: String = "{}") -> String {
        """
        {"principalId":"\(principal)","context":\(context),"policyDocument":{"Version":"2012-10-17",\
        "Statement":[\(statements)]}}
        """
    }
}
