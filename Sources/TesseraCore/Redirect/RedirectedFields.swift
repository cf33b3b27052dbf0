import HTTPTypes

/// The header fields that survive a redirect (RFC 9110 §15.4, steps 2 to 5).
enum RedirectedFields {
    /// Fields that say nothing about the caller, and so may go to another origin. Everything else that a caller set,
    /// whatever its name, stays behind: a key in a header of one's own is a credential too.
    private static let harmless: Set<HTTPField.Name> = [
        .accept, .acceptLanguage, .acceptEncoding, .userAgent, .contentType, .contentEncoding, .contentLanguage,
        .range, .cacheControl,
    ]
    private static let content = Set<HTTPField.Name>([
        .contentType, .contentEncoding, .contentLanguage, .contentLocation, .lastModified, .contentLength, .expect,
    ]).union(["Digest", "Content-Digest", "Repr-Digest"].compactMap { HTTPField.Name($0) })
    private static let validators: Set<HTTPField.Name> = [
        .ifMatch, .ifNoneMatch, .ifModifiedSince, .ifUnmodifiedSince, .ifRange,
    ]

    static func after(
        _ fields: HTTPFields, crossesOrigin: Bool, dropsBody: Bool, withholding: Set<HTTPField.Name> = []
    ) -> HTTPFields {
        var kept = HTTPFields()
        kept.reserveCapacity(fields.count)
        for field in fields {
            if crossesOrigin && (!harmless.contains(field.name) || withholding.contains(field.name)) { continue }
            if dropsBody && content.contains(field.name) { continue }
            if validators.contains(field.name) { continue }
            kept.append(field)
        }
        return kept
    }
}
