import HTTP

/// TEMPORARY until the explanation lands.
enum ExplanationLine {
    static func append(_ exchange: borrowing Exchange, to out: inout [UInt8]) {
        out.append(contentsOf: exchange.head.methodBytes)
        out.append(0x20)
        out.append(contentsOf: exchange.shownPath)
        out.append(0x20)
        out.append(contentsOf: "\(exchange.status) \(exchange.failure?.reason ?? "")".utf8)
    }
}
