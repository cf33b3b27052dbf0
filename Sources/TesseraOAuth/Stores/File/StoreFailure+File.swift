#if OAuth
import TesseraCore

extension StoreFailure {
    /// The error of a call that failed.
    static func file(_ failure: FileCalls.Failure, _ what: String) -> TesseraError {
        let message = "\(what): \(failure.call): \(failure.text)"
        if failure.isLinkOrOtherKind {
            return insecure(
                "\(message); a link or another kind of file is in its place", remedy: "find out who put it there")
        }
        if failure.isFull {
            return failed("\(message); what was stored is intact", remedy: "make room, then try again")
        }
        if failure.isReadOnly || failure.isForbidden {
            return failed(message, remedy: "give a directory that this user can write, on a writable file system")
        }
        return failed("\(message); what was stored is intact", remedy: "try again; check the disk if it persists")
    }
}
#endif
