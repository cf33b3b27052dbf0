#if NIO
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TesseraCore

/// The TLS contexts of a transport: made once, because each reads and parses the trust roots, and made again when the
/// client certificate's files have changed.
final class TLSContexts: Sendable {
    /// What differs between the contexts of one transport.
    enum Variant: Hashable, Sendable {
        /// An origin.
        case origin
        /// An origin that is an address which the socket itself does not go to: NIOSSL cannot compare it.
        case addressElsewhere
        /// A proxy: no client certificate, no HTTP/2.
        case proxy
    }

    private struct State {
        var generation: UInt64 = 1
        var material: TLSMaterial
        var contexts: [Variant: NIOSSLContext] = [:]
        var nextCheck: NIODeadline
        var isChecking = false
    }

    private let settings: NIOTransport.TLSSettings
    private let http2: Bool
    private let checkInterval: TimeAmount
    /// The files of the client certificate, if it is in files.
    private let watched: [String]
    private let state: Mutex<State>

    /// Reads what the settings name; the system's trust roots are read when they are needed first.
    init(_ settings: NIOTransport.TLSSettings, http2: Bool, checkInterval: TimeAmount = .seconds(2))
        throws(TesseraError)
    {
        self.settings = settings
        self.http2 = http2
        self.checkInterval = checkInterval
        if case .pemFiles(let chain, let key, _) = settings.clientCertificate {
            watched = [chain, key]
        } else {
            watched = []
        }
        let material = try TLSMaterial(settings)
        var state = State(material: material, nextCheck: .now() + checkInterval)
        if settings.clientCertificate != nil {
            state.contexts[.origin] = try TLSContexts.make(.origin, material, settings, http2: http2)
        }
        self.state = Mutex(state)
    }

    /// Counts the client certificates that were loaded; looks at their files when that is due.
    func generation(now: NIODeadline? = nil) -> UInt64 {
        guard !watched.isEmpty else { return 1 }
        let now = now ?? .now()
        let (generation, old) = state.withLock { state -> (UInt64, TLSMaterial?) in
            guard now >= state.nextCheck, !state.isChecking else { return (state.generation, nil) }
            state.isChecking = true
            state.nextCheck = now + checkInterval
            return (state.generation, state.material)
        }
        guard let old else { return generation }
        let new = changed(old)
        return state.withLock { state in
            state.isChecking = false
            guard let (material, context) = new else { return state.generation }
            state.generation += 1
            state.material = material
            state.contexts = [.origin: context]
            return state.generation
        }
    }

    /// The new certificate and key, if the files have changed and fit together.
    private func changed(_ old: TLSMaterial) -> (TLSMaterial, NIOSSLContext)? {
        guard stamps() != old.stamps else { return nil }
        var material = old
        // A file that is half written, or one of a pair that belongs to the other one's predecessor: next time.
        guard (try? material.load(settings.clientCertificate)) != nil, stamps() == material.stamps,
            let context = try? make(.origin, material)
        else { return nil }
        return (material, context)
    }

    private func stamps() -> [SmallFile.Stamp] {
        watched.compactMap { SmallFile.Stamp(path: $0) }
    }

    /// The contexts for the given variants, at once if they are there; making one reads files, so not on the loop.
    func contexts(_ variants: [Variant], on loop: any EventLoop) -> EventLoopFuture<[NIOSSLContext]> {
        let (material, generation, known) = state.withLock { ($0.material, $0.generation, $0.contexts) }
        let ready = variants.compactMap { known[$0] }
        if ready.count == variants.count { return loop.makeSucceededFuture(ready) }
        return NIOThreadPool.singleton.runIfActive(eventLoop: loop) {
            try variants.map { variant in
                if let context = known[variant] { return context }
                let context = try self.make(variant, material)
                self.state.withLock { if $0.generation == generation { $0.contexts[variant] = context } }
                return context
            }
        }
    }

    private func make(_ variant: Variant, _ material: TLSMaterial) throws(TesseraError) -> NIOSSLContext {
        try TLSContexts.make(variant, material, settings, http2: http2)
    }

    private static func make(
        _ variant: Variant, _ material: TLSMaterial, _ settings: NIOTransport.TLSSettings, http2: Bool
    ) throws(TesseraError) -> NIOSSLContext {
        do {
            return try NIOSSLContext(configuration: TLSConfiguration(settings, variant, material, http2: http2))
        } catch {
            throw TesseraError(
                .misconfigured, "NIOTransport: TLS cannot be set up as configured",
                remedy: "check that the client certificate and its key belong together", underlying: error)
        }
    }
}

extension TLSConfiguration {
    fileprivate init(
        _ settings: NIOTransport.TLSSettings, _ variant: TLSContexts.Variant, _ material: TLSMaterial, http2: Bool
    ) {
        self = .makeClientConfiguration()
        minimumTLSVersion = settings.minimumVersion == .v13 ? .tlsv13 : .tlsv12
        certificateVerification = variant == .addressElsewhere ? .noHostnameVerification : .fullVerification
        if case .insecureAnyCertificate = settings.trustRoots { certificateVerification = .none }
        trustRoots = material.roots.map { .certificates($0) } ?? .default
        if !material.additionalRoots.isEmpty { additionalTrustRoots = [.certificates(material.additionalRoots)] }
        applicationProtocols = http2 && variant != .proxy ? ["h2", "http/1.1"] : ["http/1.1"]
        if variant != .proxy {
            certificateChain = material.chain.map { .certificate($0) }
            privateKey = material.key.map { .privateKey($0) }
        }
        // Whoever does not answer a good-bye need not keep a descriptor for it.
        shutdownTimeout = .milliseconds(100)
        renegotiationSupport = .none
    }
}
#endif
