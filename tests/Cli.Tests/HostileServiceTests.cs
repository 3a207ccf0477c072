using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Trainyard.Cli.Tests.Fakes;
using Trainyard.Contracts;

namespace Trainyard.Cli.Tests;

/// <summary>What answers is no training service, or not a good one.</summary>
public sealed class HostileServiceTests
{
    private static readonly string[] Show = ["ml", "show", "training-runs", DocumentedRuns.Id];

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", 8, "does not speak HTTP as a training service does: check ML_ENV.")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", 6, "broke in the middle of the answer: try again.")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n<html>", 8, "with something else than this bx expects")]
    [InlineData(
        "HTTP/1.1 200 OK\r\n\r\n{\"metadata\":{\"guid\":\"\\ud800\"}}",
        8,
        "with something else than this bx expects"
    )]
    [InlineData("HTTP/1.1 301 Moved\r\nLocation: https://x/\r\n\r\n", 8, "leads on to another address: set ML_ENV")]
    [InlineData("", 6, "No service answers at http://127.0.0.1:")]
    public async Task Whatever_answers_is_told_in_one_sentence(string answer, int code, string sentence)
    {
        using var server = RawServer.Start(async stream =>
        {
            await stream.ReadExactlyAsync(new byte[16]);
            await stream.WriteAsync(Encoding.Latin1.GetBytes(answer));
        });

        var run = await BxRun.WithAsync(Variables($"http://127.0.0.1:{server.Port}"), Show);

        Assert.Equal(code, run.ExitCode);
        Assert.StartsWith("error: ", Assert.Single(run.Error.TrimEnd('\n').Split('\n')));
        Assert.Contains(sentence, run.Error);
    }

    [Theory]
    [InlineData("200 OK", "application/json", "with more than 67108864 bytes")]
    [InlineData("500 Oh", Problem.MediaType, "failed (HTTP 500)")]
    public async Task An_answer_without_an_end_is_read_only_so_far(string status, string type, string sentence)
    {
        long sent = 0;
        using var server = RawServer.Start(async stream =>
        {
            await stream.ReadExactlyAsync(new byte[16]);
            await stream.WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: {type}\r\n\r\n"));
            // Ends when the client hangs up.
            for (
                var spaces = Encoding.Latin1.GetBytes(new string(' ', 1 << 20));
                sent < 1L << 30;
                sent += spaces.Length
            )
            {
                await stream.WriteAsync(spaces);
            }
        });

        var run = await BxRun.WithAsync(Variables($"http://127.0.0.1:{server.Port}"), Show);

        Assert.Equal(8, run.ExitCode);
        Assert.Contains(sentence, run.Error);
        Assert.InRange(sent, 1, 100L << 20);
    }

    [Fact]
    public async Task A_list_that_leads_back_to_a_page_ends()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer("GET /v3/models", new RunListResource { Resources = [], Next = "/v3/models?limit=200" });

        var run = await BxRun.OfAsync(service, "ml", "list", "training-runs");

        Assert.Equal(8, run.ExitCode);
        Assert.Contains("list of training runs does not end", run.Error);
    }

    [Fact]
    public async Task A_list_that_leads_to_another_machine_does_not_take_the_key_there()
    {
        await using var other = await FakeService.StartAsync();
        await using var service = await FakeService.StartAsync();
        service.Answer("GET /v3/models", new RunListResource { Resources = [], Next = $"{other.Url}/v3/models" });

        var run = await BxRun.OfAsync(service, "ml", "list", "training-runs");

        Assert.Equal(8, run.ExitCode);
        Assert.Empty(other.Received);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_named_as_the_cause()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(1)
        );
        using var server = RawServer.Start(async stream =>
        {
            await using var secure = new SslStream(stream);
            await secure.AuthenticateAsServerAsync(certificate);
        });

        var run = await BxRun.WithAsync(Variables($"https://127.0.0.1:{server.Port}"), Show);

        Assert.Equal(6, run.ExitCode);
        Assert.StartsWith($"error: The certificate of https://127.0.0.1:{server.Port} is not trusted (", run.Error);
    }

    [Fact]
    public async Task Https_to_a_port_of_http_is_told()
    {
        await using var service = await FakeService.StartAsync();

        var run = await BxRun.WithAsync(Variables(service.Url.Replace("http://", "https://")), Show);

        Assert.Equal(6, run.ExitCode);
        Assert.Contains("does not speak TLS: check whether ML_ENV should begin with http://.", run.Error);
    }

    [Fact]
    public async Task A_host_that_nobody_knows_is_named()
    {
        var run = await BxRun.WithAsync(Variables("http://no-such-host.invalid"), Show);

        Assert.Equal(
            (6, "error: The host 'no-such-host.invalid' is not known: check ML_ENV and the network.\n"),
            (run.ExitCode, run.Error)
        );
    }

    private static Dictionary<string, string> Variables(string url) =>
        new() { ["ML_ENV"] = url, ["TRAINYARD_HOME"] = "/nonexistent" };

    /// <summary>Answers each connection with bytes of the test's own.</summary>
    private sealed class RawServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stop = new();

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public static RawServer Start(Func<Stream, Task> answer)
        {
            var server = new RawServer();
            server._listener.Start();
            _ = server.AcceptAsync(answer);
            return server;
        }

        public void Dispose()
        {
            _stop.Cancel();
            _listener.Dispose();
            _stop.Dispose();
        }

        private async Task AcceptAsync(Func<Stream, Task> answer)
        {
            var stopped = _stop.Token;
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync(stopped);
                    await AnswerAsync(client, answer);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private static async Task AnswerAsync(TcpClient client, Func<Stream, Task> answer)
        {
            try
            {
                await answer(client.GetStream());
            }
            catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
            {
                // The client hung up, as it should.
            }
        }
    }
}
