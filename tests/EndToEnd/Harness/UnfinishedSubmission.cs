using System.Net.Sockets;
using System.Text;

namespace Trainyard.EndToEnd.Harness;

/// <summary>A submission of which only the head is ever sent: the service waits for the rest.</summary>
internal sealed class UnfinishedSubmission : IDisposable
{
    private static readonly TimeSpan AnsweredWithin = TimeSpan.FromSeconds(60);

    private readonly TcpClient _connection = new();
    private readonly StreamReader _reader;

    private UnfinishedSubmission(Uri service)
    {
        _connection.Connect(service.Host, service.Port);
        _reader = new StreamReader(_connection.GetStream(), Encoding.ASCII);
    }

    /// <summary>Returns when the service reads what does not come.</summary>
    public static async Task<UnfinishedSubmission> Begin(Service service)
    {
        using var client = service.Client();
        var submission = new UnfinishedSubmission(service.Address);
        var head = $"""
            POST /v3/models HTTP/1.1
            Host: {service.Address.Authority}
            Authorization: {client.DefaultRequestHeaders.Authorization}
            Content-Type: multipart/form-data; boundary=part
            Content-Length: 1000000
            Expect: 100-continue


            """;
        await submission._connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head.ReplaceLineEndings("\r\n")));
        Assert.Equal("HTTP/1.1 100 Continue", await submission.Answer());
        Assert.Equal("", await submission.Answer());
        return submission;
    }

    /// <summary>The next line of the service's answer.</summary>
    public async Task<string?> Answer()
    {
        using var deadline = new CancellationTokenSource(AnsweredWithin);
        return await _reader.ReadLineAsync(deadline.Token);
    }

    public void Dispose()
    {
        _reader.Dispose();
        _connection.Dispose();
    }
}
