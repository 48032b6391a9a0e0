import Gateway
import Routes

/// What the checks say about every mutant of a configuration.
package struct MutationRun: Sendable {
    package enum Verdict: Sendable {
        /// Noticed; the name of the check that failed first, or why the gate refuses to start.
        case killed(by: String)
        case survived
        /// Shown to decide every request alike.
        case equivalent(String)
    }

    package struct Result: Sendable {
        package var mutant: Mutant
        package var verdict: Verdict
    }

    /// A check fails for the configuration as it is: nothing that it says of a mutant means anything.
    package struct Refusal: Error, Sendable {
        /// Name of the check.
        package var check: String
    }

    package var results: [Result]

    package var killed: Int { results.count { if case .killed = $0.verdict { true } else { false } } }
    package var survivors: [Mutant] {
        results.compactMap { if case .survived = $0.verdict { $0.mutant } else { nil } }
    }
    package var equivalents: [(mutant: Mutant, reason: String)] {
        results.compactMap { if case .equivalent(let reason) = $0.verdict { ($0.mutant, reason) } else { nil } }
    }

    /// Runs all mutants on as many tasks. Refused when a check fails for the configuration as it is: it would be said to
    /// kill every mutant.
    package static func make(
        _ plans: [TestPlan], gate: TestGate, snapshots: PolicySnapshots, tasks: Int,
        caller: @escaping CheckRunner.FunctionCaller = CheckRunner.nobody
    ) async throws(Refusal) -> MutationRun {
        for plan in plans {
            guard let snapshot = gate.snapshot() else { continue }
            let runner = CheckRunner(plan, on: snapshot, caller: caller)
            if let wrong = plan.checks.first(where: { !runner.passes($0, snapshots: snapshots) }) {
                throw Refusal(check: wrong.name)
            }
        }
        let mutants = MutantFactory.mutants(of: gate.document)
        let parts = max(1, min(tasks, mutants.count))
        let verdicts = await withTaskGroup(of: [(Int, Verdict)].self) { group in
            for part in 0..<parts {
                group.addTask {
                    stride(from: part, to: mutants.count, by: parts).map { index in
                        (index, judge(mutants[index], plans, gate, snapshots, caller))
                    }
                }
            }
            var all: [Int: Verdict] = [:]
            for await found in group { for (index, verdict) in found { all[index] = verdict } }
            return all
        }
        return MutationRun(
            results: mutants.enumerated().map { Result(mutant: $1, verdict: verdicts[$0] ?? .survived) })
    }

    private static func judge(
        _ mutant: Mutant, _ plans: [TestPlan], _ gate: TestGate, _ snapshots: PolicySnapshots,
        _ caller: @escaping CheckRunner.FunctionCaller
    ) -> Verdict {
        guard let changed = mutant.apply(to: gate.document), let snapshot = gate.snapshot(of: changed) else {
            return .killed(by: "the configuration is refused")
        }
        var plans = plans
        if case .omit(let omission) = mutant.change {
            // A plan that cannot be made again shows nothing: the mutant lives.
            plans = plans.compactMap {
                TestPlan.make($0.suite, for: snapshot, keyring: gate.keyring, omitting: omission).plan
            }
        }
        for plan in plans {
            let runner = CheckRunner(plan, on: snapshot, caller: caller)
            for check in plan.checks where !runner.passes(check, snapshots: snapshots) {
                return .killed(by: check.name)
            }
        }
        let proof = MutantProof(document: gate.document, prefix: snapshot.arn, revocations: gate.revocations)
        return proof.reason(mutant).map { .equivalent($0) } ?? .survived
    }
}
