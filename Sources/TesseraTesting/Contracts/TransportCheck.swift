public import TesseraCore

/// One promise of ``TesseraCore/Transport``, and the experiment that shows whether a transport keeps it.
public struct TransportCheck: Sendable, CustomStringConvertible {
    /// The promise as a sentence; unique within the contract.
    public let name: String
    /// What a transport must declare before this is asked of it.
    public let requires: TransportCapabilities

    private let experiment: @Sendable (any Transport) async throws -> Void

    /// A check of a name, needing the given capabilities.
    public init(
        _ name: String, requires: TransportCapabilities = [],
        _ experiment: @escaping @Sendable (any Transport) async throws -> Void
    ) {
        self.name = name
        self.requires = requires
        self.experiment = experiment
    }

    /// A check against a server of its own.
    init(
        _ name: String, requires: TransportCapabilities = [],
        server script: @escaping @Sendable (RawConnection) throws -> Void,
        _ experiment: @escaping @Sendable (any Transport, RawServer) async throws -> Void
    ) {
        self.init(name, requires: requires) { transport in
            try await RawServer.withRunning(script) { server in
                try await experiment(transport, server)
                // The server is the referee: it may object to what was sent.
                try require("the server's objections", server.log.failures, is: [])
            }
        }
    }

    /// What a check found out.
    public enum Outcome: Sendable {
        /// The promise was kept.
        case kept
        /// It was not.
        case violated(ContractViolation)
        /// The transport does not declare these capabilities, so nothing was asked of it.
        case declaredGap(TransportCapabilities)
    }

    /// Runs the check. Use a transport for one check only: some leave it shut down.
    ///
    /// - Parameters:
    ///   - transport: The transport under test.
    ///   - patience: After this time the check is given up as hanging, though what hangs may go on.
    public func run(on transport: any Transport, patience: Duration = .seconds(20)) async -> Outcome {
        let missing = requires.subtracting(transport.capabilities)
        guard missing.isEmpty else { return .declaredGap(missing) }
        do {
            try await Patience.wait(patience) { try await experiment(transport) }
            return .kept
        } catch let violation as ContractViolation {
            return .violated(violation)
        } catch let failure as TransportFailure {
            let seen = "\(failure.kind), phase \(failure.phase), progress \(failure.progress): \(failure.message)"
            return .violated(ContractViolation(expected: "success", seen: seen))
        } catch {
            return .violated(ContractViolation(expected: "success or a TransportFailure", seen: "\(error)"))
        }
    }

    /// The name.
    public var description: String { name }
}
