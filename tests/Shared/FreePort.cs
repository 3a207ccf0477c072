using System.Net;
using System.Net.Sockets;

namespace Trainyard.Tests.Shared;

/// <summary>
/// A port of the loopback interface that nobody listens on now. Another process may take it before its user does:
/// prefer port 0 wherever the server can say which port it got.
/// </summary>
public static class FreePort
{
    public static int Find()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
