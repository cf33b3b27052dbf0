#if NIO
import TesseraCore

/// Runs the writer of a streamed request body once the head is on its way.
struct BodyUpload {
    private enum Stop: Error {
        /// The answer came before the body's end.
        case unwanted
    }

    let exchange: Exchange

    func run(_ write: @Sendable (BodyWriter) async throws -> Void) async {
        guard let connection = await exchange.connectionForBody() else { return }
        do {
            try await write(
                BodyWriter { [exchange] piece in
                    guard !piece.isEmpty else { return }
                    guard try await connection.write(piece, isLast: false, for: exchange) else { throw Stop.unwanted }
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
