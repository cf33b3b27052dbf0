#if NIO
import NIOCore
import NIOHTTP2
import TesseraCore
import Testing

@testable import TesseraNIO

/// Each step of a stream, without a network.
@Suite struct HTTP2StreamStateMachineTests {
    private func machine(
        hasBody: Bool = false, length: Int? = nil, continueBy: NIODeadline? = nil
    ) -> HTTP2StreamStateMachine {
        HTTP2StreamStateMachine(hasBody: hasBody, length: length, continueBy: continueBy, headBytes: 100)
    }

    @Test func progressIsWhatLeft() throws {
        var machine = machine(hasBody: true)
        #expect(machine.progress == .nothingSent)
        machine.headersLeft(endsStream: false)
        #expect(machine.progress == .sent(bytes: 100))
        #expect(machine.piece(of: 50, isLast: true) == .send)
        #expect(machine.progress == .sent(bytes: 100), "asked for, but not written")
        machine.dataLeft(30, endsStream: false)
        #expect(machine.progress == .sent(bytes: 130))
        #expect(!machine.isRequestOnWire)
        machine.dataLeft(20, endsStream: true)
        #expect(machine.isRequestOnWire)
        #expect(!machine.isOver)
        try machine.receivedEnd()
        #expect(machine.isOver)
    }

    @Test func phaseFollowsRequestAndAnswer() {
        var machine = machine(hasBody: true)
        #expect(machine.phase == .write)
        _ = machine.piece(of: 1, isLast: true)
        #expect(machine.phase == .head)
        machine.receivedHead(hasBody: true, length: nil)
        #expect(machine.phase == .body)
    }

    @Test func piecesKeepToTheAnnouncedLength() {
        var exact = machine(hasBody: true, length: 5)
        #expect(exact.piece(of: 3, isLast: false) == .send)
        #expect(exact.piece(of: 3, isLast: false) == .wrongLength)
        #expect(exact.piece(of: 1, isLast: true) == .wrongLength)
        #expect(exact.piece(of: 2, isLast: true) == .send)
        #expect(exact.piece(of: 0, isLast: true) == .unwanted, "ending twice does no harm")
        #expect(exact.piece(of: 1, isLast: true) == .wrongLength)
        var open = machine(hasBody: true)
        #expect(open.piece(of: Int.max, isLast: false) == .send)
        #expect(open.piece(of: Int.max, isLast: true) == .send)
    }

    @Test func aBodyWaitsForPermission() throws {
        var permitted = machine(hasBody: true, continueBy: .uptimeNanoseconds(5))
        #expect(permitted.piece(of: 1, isLast: true) == .hold)
        try permitted.receivedInformational(status: 103, endsStream: false)
        #expect(permitted.piece(of: 1, isLast: true) == .hold)
        try permitted.receivedInformational(status: 100, endsStream: false)
        #expect(permitted.piece(of: 1, isLast: true) == .send)
        var refused = machine(hasBody: true, continueBy: .uptimeNanoseconds(5))
        refused.receivedHead(hasBody: true, length: nil)
        #expect(refused.piece(of: 1, isLast: true) == .unwanted)
    }

    @Test func informationalAnswersAreBounded() throws {
        var machine = machine()
        for _ in 1...HTTP2StreamStateMachine.mostInformationalAnswers {
            try machine.receivedInformational(status: 103, endsStream: false)
        }
        let failure = #expect(throws: TransportFailure.self) {
            try machine.receivedInformational(status: 103, endsStream: false)
        }
        #expect(failure?.kind == .limitExceeded)
    }

    @Test(arguments: [(101, false), (103, true), (100, true)])
    func informationalAnswersThatCannotBe(_ status: Int, endsStream: Bool) {
        var machine = machine()
        let failure = #expect(throws: TransportFailure.self) {
            try machine.receivedInformational(status: status, endsStream: endsStream)
        }
        #expect(failure?.kind == .protocolViolation)
    }

    @Test func dataBeforeAHeadOrWithoutABodyIsAViolation() throws {
        var machine = machine()
        #expect(throws: TransportFailure.self) { try machine.receivedData(count: 0) }
        machine.receivedHead(hasBody: false, length: nil)
        try machine.receivedData(count: 0)
        #expect(throws: TransportFailure.self) { try machine.receivedData(count: 1) }
        #expect(throws: TransportFailure.self) { try machine.receivedTrailers(endsStream: false) }
        try machine.receivedTrailers(endsStream: true)
    }

    @Test(arguments: [([3, 3], 5, 1), ([3, 2], 5, nil), ([3], 5, 1), ([], 0, nil), ([0, 1], 0, 1)])
    func theAnswersLengthIsAsAnnounced(_ pieces: [Int], length: Int, failures: Int?) {
        var machine = machine()
        machine.receivedHead(hasBody: true, length: length)
        var seen = 0
        do {
            for piece in pieces { try machine.receivedData(count: piece) }
            try machine.receivedEnd()
        } catch {
            seen += 1
            #expect(error.kind == .protocolViolation)
        }
        #expect(seen == failures ?? 0)
    }

    @Test func anAnswerWithoutBodyMayAnnounceOne() throws {
        var machine = machine()
        machine.receivedHead(hasBody: false, length: 44)
        try machine.receivedEnd()
    }

    @Test func onlyAStreamWithoutAHeadIsProvablyUnprocessed() {
        var machine = machine()
        machine.headersLeft(endsStream: true)
        #expect(machine.receivedReset(.refusedStream).progress == .provablyUnprocessed)
        #expect(machine.passedOver(.noError).progress == .provablyUnprocessed)
        #expect(machine.receivedReset(.internalError).progress == .sent(bytes: 100))
        machine.receivedHead(hasBody: true, length: nil)
        #expect(machine.receivedReset(.refusedStream).progress == .sent(bytes: 100))
        #expect(machine.passedOver(.noError).progress == .sent(bytes: 100))
    }
}

/// The arithmetic of windows.
@Suite struct HTTP2ReceiveWindowTests {
    @Test func halfAWindowIsGivenBackAtATime() {
        var window = HTTP2ReceiveWindow(size: 100)
        #expect(window.consume(50) == nil)
        #expect(window.consume(1) == 51)
        #expect(window.consume(50) == nil)
        #expect(window.consume(50) == 100)
    }

    @Test func aConnectionIsRefilledBelowHalf() {
        #expect(HTTP2ReceiveWindow.refill(left: 50, size: 100) == nil)
        #expect(HTTP2ReceiveWindow.refill(left: 49, size: 100) == 51)
        #expect(HTTP2ReceiveWindow.refill(left: 0, size: 100) == 100)
    }
}
#endif
