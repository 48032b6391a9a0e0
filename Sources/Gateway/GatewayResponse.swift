import Documents
import HTTP
package import Routes

/// One answer that the gateway makes by itself, to the byte, before anybody has customised it.
package struct GatewayResponse: Sendable, Hashable {
    /// AWS's kind of answer; nil where a REST API's owner cannot change it, and on HTTP APIs.
    package let type: GatewayResponseType?
    package let status: UInt16
    package let body: [UInt8]
    /// Complete field lines without framing, date, connection and request id.
    package let fields: [UInt8]
    /// Value of `x-amzn-ErrorType`, which stays whatever is customised.
    package let errorType: String?

    init(
        _ type: GatewayResponseType?, _ status: UInt16, _ body: String, errorType: String? = nil,
        hasContentType: Bool = true
    ) {
        self.type = type
        self.status = status
        self.body = Array(body.utf8)
        self.errorType = errorType
        var lines = hasContentType ? "Content-Type: application/json\r\n" : ""
        if let errorType { lines += "x-amzn-ErrorType: \(errorType)\r\n" }
        fields = Array(lines.utf8)
    }

    /// An answer of REST APIs with this message; `isExecution` writes the space of AWS's second serialiser.
    init(
        _ type: GatewayResponseType, _ status: UInt16, message: String, errorType: String, isExecution: Bool
    ) {
        var body = Array((isExecution ? "{\"message\": " : "{\"message\":").utf8)
        JSONWriter.appendQuoted(Array(message.utf8), to: &body)
        body.append(UInt8(ascii: "}"))
        self.init(type, status, String(decoding: body, as: UTF8.self), errorType: errorType)
    }

    /// `$context.error.responseType`: of answers without a type of their own, the one for their status.
    package var responseType: GatewayResponseType { type ?? (status >= 500 ? .default5XX : .default4XX) }

    /// `$context.error.messageString`: the message in quotes, or the bare `null`.
    package var messageString: [UInt8] {
        guard let colon = body.firstIndex(of: UInt8(ascii: ":")), body.last == UInt8(ascii: "}") else { return [] }
        return Array(body[(colon + 1)...].dropLast().drop { $0 == 0x20 })
    }

    /// `$context.error.message`: nil for `null`.
    package var message: [UInt8]? {
        do {
            return try JSONParser.parse(messageString).root.utf8
        } catch {
            return nil
        }
    }
}
