/// Every difference that is intended. A difference that belongs to none fails the run.
enum DifferenceClasses {
    static let all: [DifferenceClass] = HeadRules.all + BodyRules.all + AcceptedRules.all

    static func first(containing difference: Difference) -> DifferenceClass? {
        all.first { $0.contains(difference) }
    }
}
