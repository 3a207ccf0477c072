using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Trainyard.Agent.Jobs;

/// <summary>A free port of this machine that nobody else gets until it is disposed of.</summary>
internal sealed class HeldPort : IDisposable
{
    // A command may take seconds to listen, so the ports are below those that Linux gives to outgoing connections.
    private const int First = 20_000;
    private const int End = 32_768;
    private const int MostTries = 64;

    private readonly Socket _socket;

    private HeldPort(Socket socket) => _socket = socket;

    public int Number => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <summary>Takes any free port of an address.</summary>
    /// <exception cref="SocketException">None of many is free.</exception>
    public static HeldPort Take(IPAddress address)
    {
        for (var tries = 1; ; tries++)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(address, RandomNumberGenerator.GetInt32(First, End)));
                return new HeldPort(socket);
            }
            catch (SocketException) when (tries < MostTries)
            {
                socket.Dispose();
            }
            catch (SocketException)
            {
                socket.Dispose();
                throw;
            }
        }
    }

    public void Dispose() => _socket.Dispose();
}
