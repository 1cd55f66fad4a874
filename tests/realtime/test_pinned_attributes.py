"""What we reach for inside Daphne, Twisted and autobahn. A new version that moved it fails here, not at night."""

import inspect

import daphne
import daphne.http_protocol
import daphne.server
import daphne.ws_protocol
import pytest
import twisted
from autobahn.twisted.websocket import WebSocketAdapterProtocol
from autobahn.websocket.protocol import WebSocketProtocol, WebSocketServerProtocol
from twisted.internet import abstract, tcp
from twisted.web import http


def source(thing: object) -> str:
    return inspect.getsource(thing)  # type: ignore[arg-type]


def test_the_transport_has_the_two_buffers_that_the_outlet_reads():
    transport = abstract.FileDescriptor()
    assert (transport.dataBuffer, transport.offset, transport._tempDataBuffer, transport._tempDataLen) == (b"", 0, [], 0)
    assert "self.offset == len(self.dataBuffer) and not self._tempDataLen" in source(abstract.FileDescriptor.doWrite)
    assert "_tempDataBuffer.append(data)" in source(abstract.FileDescriptor.write)
    assert "self.socket" in source(tcp.Connection.__init__)
    assert all(hasattr(tcp.Server, name) for name in ("abortConnection", "loseWriteConnection", "registerProducer"))


def test_autobahn_writes_through_the_same_transport_in_order():
    assert "self.transport.write(data)" in source(WebSocketProtocol.sendData)
    assert list(inspect.signature(WebSocketProtocol.sendCloseFrame).parameters) == ["self", "code", "reasonUtf8", "isReply"]
    assert "if self.failByDrop" in source(WebSocketProtocol._fail_connection)


def test_autobahn_stands_between_two_frames_when_these_are_empty():
    assert "if self.current_frame is None:" in source(WebSocketProtocol.processData)
    assert "self.data += data" in source(WebSocketProtocol._dataReceived)
    assert "self.inside_message = False" in source(WebSocketServerProtocol)
    assert "self._dataReceived(data)" in source(WebSocketAdapterProtocol.dataReceived)


def test_autobahn_takes_options_that_stand_on_the_class():
    assert "for configAttr in self.CONFIG_ATTRS:" in source(WebSocketProtocol._connectionMade)
    assert {"failByDrop", "maxFramePayloadSize", "openHandshakeTimeout"} <= set(WebSocketServerProtocol.CONFIG_ATTRS)


def test_daphne_calls_what_the_guard_overrides():
    socket = source(daphne.ws_protocol.WebSocketProtocol)
    for name in ("onOpen", "onMessage", "onClose", "serverSend", "serverClose", "check_timeouts"):
        assert f"def {name}(" in socket
    assert "self.application_queue = application_queue" in socket
    assert "self.muted" in socket
    request = source(daphne.http_protocol.WebRequest)
    assert "self.content.read(" in request
    assert "self.request_start = time.time()" in request
    server = source(daphne.server.Server)
    assert '"before", "shutdown", self.kill_all_applications' in server
    assert "def create_application(self, protocol, scope)" in server


def test_twisted_tells_the_request_about_its_body():
    assert "req.gotLength(self.length)" in source(http.HTTPChannel.allHeadersReceived)
    assert "handleContentChunk" in source(http.HTTPChannel._maybeChooseTransferDecoder)
    assert "self.content" in source(http.Request.gotLength)


@pytest.mark.parametrize(("module", "version"), [(daphne, "4.2"), (twisted, "26.")])
def test_the_versions_these_pins_were_read_in(module, version):
    assert module.__version__.startswith(version)
