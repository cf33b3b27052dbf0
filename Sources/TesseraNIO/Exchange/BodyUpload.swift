#if NIO
import TesseraCore

/// Runs the writer of a streamed request body once the head is on its way.
struct BodyUpload {
    private enum Stop: Error {
        /// The answer came before the body's end.
        case unwanted
    }

    /// How many bytes of a body are handed to a connection at once. What is more goes in parts, each of which shows that
    /// the server still takes them.
    static let pieceSize = 131_072

    let exchange: Exchange

    func run(_ write: @Sendable (BodyWriter) async throws -> Void) async {
        guard let connection = await exchange.connectionForBody() else { return }
        do {
            try await write(
                BodyWriter { [exchange] piece in
                    var rest = piece
                    while !rest.isEmpty {
                        let part = rest.prefix(Self.pieceSize)
                        rest = rest.dropFirst(part.count)
                        guard try await connection.write(part, isLast: false, for: exchange) else {
                            throw Stop.unwanted
                        }
                    }
                })
            _ = try await connection.write([], isLast: true, for: exchange)
        } catch is Stop {
            return
        } catch let failure as TransportFailure {
            connection.abort(exchange, with: failure)
        } catch {
            connection.abort(
                exchange,
                with: TransportFailure(
                    .bodyFailed, phase: .write, progress: .sent(bytes: nil), message: "the body's writer threw",
                    underlying: error))
        }
    }
}
#endif
