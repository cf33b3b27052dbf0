import Synchronization

/// How far a transfer got.
public struct TransferProgress: Sendable, Hashable {
    /// The bytes so far.
    public var completed: Int
    /// All bytes, where it is known how many there will be.
    public var total: Int?

    /// A state of the given numbers.
    public init(completed: Int, total: Int? = nil) {
        self.completed = completed
        self.total = total
    }
}

extension RequestBody {
    /// The same body, which tells how much of it the transport has taken. Each attempt begins at 0.
    ///
    /// ```swift
    /// try await api.put("/videos/1", .file("video.mp4").reporting { print($0.completed) })
    /// ```
    public func reporting(_ progress: @escaping @Sendable (TransferProgress) -> Void) -> RequestBody {
        RequestBody(kind: .reported(self, progress), contentType: contentType)
    }
}

extension OutgoingBody {
    /// The pieces in which a body of bytes is told.
    private static let piece = 65_536

    func reporting(_ progress: @escaping @Sendable (TransferProgress) -> Void) -> OutgoingBody {
        switch self {
        case .none: return .none
        case .bytes(let bytes):
            return .stream(length: bytes.count) { writer in
                var done = TransferProgress(completed: 0, total: bytes.count)
                while done.completed < bytes.count {
                    let piece = bytes[done.completed...].prefix(OutgoingBody.piece)
                    try await writer.write(piece)
                    done.completed += piece.count
                    progress(done)
                }
            }
        case .stream(let length, let write):
            return .stream(length: length) { writer in
                let done = Mutex(TransferProgress(completed: 0, total: length))
                try await write(
                    BodyWriter { piece in
                        try await writer.write(piece)
                        progress(
                            done.withLock { done in
                                done.completed += piece.count
                                return done
                            })
                    })
            }
        }
    }
}
