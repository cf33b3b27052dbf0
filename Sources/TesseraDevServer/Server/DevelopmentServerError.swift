#if CLI
/// Why a development server did not start.
public enum DevelopmentServerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A port outside 0…65535.
    case invalidPort(Int)
    /// The port on 127.0.0.1 cannot be listened at, most often because something else does.
    case cannotListen(port: Int, reason: String)

    /// One sentence for people.
    public var description: String {
        switch self {
        case .invalidPort(let port): "\(port) is no port; ports are 0 to 65535."
        case .cannotListen(let port, let reason): "cannot listen at 127.0.0.1:\(port): \(reason)"
        }
    }
}
#endif
