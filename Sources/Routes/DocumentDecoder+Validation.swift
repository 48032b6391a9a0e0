internal import Documents

/// Request validators and the models that they check bodies with.
extension DocumentDecoder {
    func decodeModels() -> [ModelDefinition] {
        guard apiType == .rest else { return [] }
        return named("models").compactMap { entry in
            let reader = ObjectReader(entry.value, DocumentTables.model, context)
            guard let value = reader["schema"] else { return nil }
            let span = context.span(value.range)
            switch value.kind {
            case .object: return ModelDefinition(name: entry.name, span: span, schema: value, isInline: true)
            case .string:
                let expansion = context.expand(value)
                if expansion.failed { return nil }
                do throws(JSONError) {
                    let parsed = try JSONParser.parse(Array(expansion.text.utf8))
                    return ModelDefinition(name: entry.name, span: span, schema: parsed.root, isInline: false)
                } catch {
                    context.report(
                        "GH2426", value.range, "the schema is not JSON: \(error.message)",
                        help: "write the schema as an object, or as JSON text such as ${file:ship.json}")
                    return nil
                }
            default: return nil
            }
        }
    }

    func decodeValidation(_ reader: ObjectReader, _ key: RouteKey?) -> RequestValidation {
        guard apiType == .rest else { return .none }
        let validator = reader.inner("requestValidator", DocumentTables.requestValidator)
        var validation = RequestValidation()
        validation.validatesParameters = validator.bool("validateRequestParameters")
        validation.validatesBody = validator.bool("validateRequestBody")
        for member in reader["requestParameters"].map({ Array($0.members) }) ?? [] {
            guard let parameter = decodeParameter(member, key) else { continue }
            if member.value.bool == true { validation.required.append(parameter) }
        }
        validation.required.sort {
            ($0.place.rawValue, String(decoding: $0.name, as: UTF8.self))
                < ($1.place.rawValue, String(decoding: $1.name, as: UTF8.self))
        }
        for member in reader["requestModels"].map({ Array($0.members) }) ?? [] {
            let contentType = member.name.lowercased()
            if contentType != "$default", !Self.isMediaType(contentType) { reportMediaType(member) }
            guard let name = context.located(member.value) else { continue }
            if root["models"]?[name.value] == nil { reportDangling("GH2211", name, "model", among: "models") }
            validation.models.append(RequestValidation.Model(contentType: contentType, name: name))
        }
        reportUnchecked(reader, validation)
        return validation
    }

    /// `method.request.PLACE.NAME`
    private func decodeParameter(_ member: JSONMember, _ key: RouteKey?) -> RequestValidation.Parameter? {
        for place in RequestValidation.Parameter.Place.allCases {
            let prefix = "method.request.\(place.rawValue)."
            guard member.name.hasPrefix(prefix) else { continue }
            let name = Array(member.name.utf8.dropFirst(prefix.utf8.count))
            guard !name.isEmpty, name.allSatisfy(ParameterSource.isNameByte) else { break }
            let word = String(decoding: name, as: UTF8.self)
            if place == .path, let key, !key.parameterNames.contains(word) {
                context.report(
                    "GH2409", member.key.range, "route \"\(key.text)\" has no parameter {\(word)}",
                    help: Suggestion.nearest(to: word, among: key.parameterNames).map { "did you mean {\($0)}?" })
            }
            return RequestValidation.Parameter(place: place, name: name)
        }
        context.report(
            "GH2407", member.key.range, "\"\(member.name)\" is no parameter of a request",
            help: "write method.request.header.NAME, .querystring.NAME or .path.NAME")
        return nil
    }

    /// What is written and yet checks nothing, as on AWS.
    private func reportUnchecked(_ reader: ObjectReader, _ validation: RequestValidation) {
        if !validation.required.isEmpty, !validation.validatesParameters, let map = reader["requestParameters"] {
            context.report(
                "GH2427", .warning, map.range, "nobody checks the demanded parameters",
                help: "add \"requestValidator\": { \"validateRequestParameters\": true }",
                note: "true alone demands nothing; AWS behaves the same")
        }
        if !validation.models.isEmpty, !validation.validatesBody, let map = reader["requestModels"] {
            context.report(
                "GH2427", .warning, map.range, "nobody checks bodies by these models",
                help: "add \"requestValidator\": { \"validateRequestBody\": true }",
                note: "models alone check nothing; AWS behaves the same")
        }
        guard let validator = reader["requestValidator"], validator.kind == .object else { return }
        let parametersAreIdle = validation.validatesParameters && validation.required.isEmpty
        let bodyIsIdle = validation.validatesBody && validation.models.isEmpty
        if parametersAreIdle || bodyIsIdle {
            context.report(
                "GH2427", .warning, validator.range,
                parametersAreIdle ? "the validator has no demanded parameter to check" : "the validator has no model",
                help: parametersAreIdle
                    ? "mark parameters with true in \"requestParameters\"" : "name models in \"requestModels\"",
                note: "it lets every request pass; AWS behaves the same")
        }
    }
}
