#if OAuth
import TesseraCore

/// The errors of stores, worded in one place: what happened, and what to do about it. None holds a value of an entry.
enum StoreFailure {
    static func tampered(_ message: String) -> TesseraError {
        TesseraError(
            .storeTampered, "\(message); nothing was sent",
            remedy: "log in again; if you did not restore or edit it yourself, find out who did")
    }

    static func tooNew(format: Int) -> TesseraError {
        TesseraError(
            .storeTooNew,
            "the entry was written by a newer release (format \(format), this one reads \(SealedEnvelope.format))",
            remedy: "update this program")
    }

    static func keyMismatch(id: String) -> TesseraError {
        let isID = id.utf8.count == 12 && StorageName(id) != nil
        return TesseraError(
            .storeKeyMismatch, "the entry is encrypted with a key that was not given\(isID ? " (id \(id))" : "")",
            remedy: "give that key among the older keys of StoreKeys, or log in again")
    }

    static func copied(_ message: String) -> TesseraError {
        TesseraError(
            .storeCopied, "\(message); nothing was sent, since two users of one refresh token would both lose it",
            remedy: "log in again, or, if the original is no longer used, adopt the copy (FileTokenStore.adoptCopy)")
    }

    static func rolledBack(_ message: String) -> TesseraError {
        TesseraError(
            .storeRolledBack, "\(message); nothing was sent, since an old refresh token ends its login",
            remedy: "log in again, or, if you know the entry to be the newest, accept it (FileTokenStore.adoptCopy)")
    }

    static func insecure(_ message: String, remedy: String) -> TesseraError {
        TesseraError(.storeInsecure, message, remedy: remedy)
    }

    static func failed(_ message: String, remedy: String? = nil) -> TesseraError {
        TesseraError(.storeFailed, message, remedy: remedy)
    }
}
#endif
