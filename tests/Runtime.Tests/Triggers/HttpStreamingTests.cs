using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Trainyard.Runtime.Triggers.Hosting;

namespace Trainyard.Runtime.Tests.Triggers;

public sealed class HttpStreamingTests
{
    private readonly Recorder<string> _calls = new();
    private readonly Taken _taken = new();

    [Fact]
    public async Task What_a_function_writes_arrives_while_it_still_reads_the_request()
    {
        await using var app = await StartAsync();
        // By hand: HttpClient sends the whole request before it looks at the response.
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, app.Client.BaseAddress!.Port);
        await using var stream = connection.GetStream();
        using var reader = new StreamReader(stream);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));

        await SendAsync(stream, "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
        await SendAsync(stream, "4\r\none\n\r\n");
        await ReadUntilAsync(reader, "one", deadline.Token);
        await SendAsync(stream, "4\r\ntwo\n\r\n");
        await ReadUntilAsync(reader, "two", deadline.Token);
        await SendAsync(stream, "0\r\n\r\n");
        await ReadUntilAsync(reader, "0", deadline.Token);
    }

    [Fact]
    public async Task Large_bodies_pass_without_a_limit_and_without_being_held()
    {
        const long size = 200L * 1024 * 1024;
        await using var app = await StartAsync();
        var sent = new ZeroStream(size, () => _taken.Bytes);

        using var content = new StreamContent(sent);
        using var response = await app.Client.PostAsync("count", content);

        Assert.Equal($"{size}", await response.Content.ReadAsStringAsync());
        // What was sent and not read yet is all that anything between could hold: buffers of sockets and of the server.
        Assert.InRange(sent.MostAhead, 0, size / 4);
    }

    [Fact]
    public async Task A_caller_who_goes_away_cancels_the_function()
    {
        await using var app = await StartAsync();
        using var gone = new CancellationTokenSource();

        var asking = app.Client.GetAsync("wait", gone.Token);
        Assert.Equal("waiting", await _calls.NextAsync());
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Equal("cancelled", await _calls.NextAsync());
    }

    [Fact]
    public async Task A_stop_waits_for_running_requests()
    {
        var app = await StartAsync();
        var asking = app.Client.GetStringAsync("gate");
        Assert.Equal("at the gate", await _calls.NextAsync());

        var stopping = app.StopAsync();
        await Trainyard.Tests.Shared.Eventually.Be(
            "no new request is taken",
            async () =>
            {
                try
                {
                    using var other = new HttpClient { BaseAddress = app.Client.BaseAddress };
                    await other.GetAsync("count");
                    return false;
                }
                catch (HttpRequestException)
                {
                    return true;
                }
            },
            TimeSpan.FromSeconds(20)
        );
        Assert.False(stopping.IsCompleted);
        app.Services.GetRequiredService<Gate>().Open.SetResult();

        Assert.Equal("through", await asking);
        await stopping;
        await app.DisposeAsync();
    }

    [Fact]
    public async Task A_stop_cancels_what_does_not_end_in_time()
    {
        using var home = new TestHome();
        var app = await TestApp.StartAsync(
            home,
            ownsHome: false,
            settings => settings with { DrainTime = TimeSpan.FromMilliseconds(100) },
            builder => builder.Services.AddSingleton(_calls).AddSingleton(_taken).AddSingleton<Gate>(),
            typeof(Streams)
        );
        var asking = app.Client.GetAsync("wait");
        Assert.Equal("waiting", await _calls.NextAsync());

        await app.StopAsync();

        Assert.Equal("cancelled", await _calls.NextAsync());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await asking).StatusCode);
        await app.DisposeAsync();
    }

    [Fact]
    public async Task Who_is_told_twice_to_stop_waits_for_nothing()
    {
        using var home = new TestHome();
        var app = await TestApp.StartAsync(
            home,
            ownsHome: false,
            settings => settings with { DrainTime = TimeSpan.FromHours(1) },
            builder => builder.Services.AddSingleton(_calls).AddSingleton(_taken).AddSingleton<Gate>(),
            typeof(Streams)
        );
        var asking = app.Client.GetAsync("wait");
        Assert.Equal("waiting", await _calls.NextAsync());
        var signals = app.Services.GetRequiredService<StopSignals>();

        signals.Told();
        var stopping = app.StopAsync();
        Assert.False(stopping.IsCompleted, "It did not wait after the first.");
        signals.Told();

        await stopping.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal("cancelled", await _calls.NextAsync());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await asking).StatusCode);
        await app.DisposeAsync();
    }

    private static async Task SendAsync(NetworkStream stream, string text) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text));

    private static async Task ReadUntilAsync(StreamReader reader, string line, CancellationToken cancellationToken)
    {
        string? read;
        do
        {
            read = await reader.ReadLineAsync(cancellationToken);
            Assert.NotNull(read);
        } while (read != line);
    }

    private Task<TestApp> StartAsync() =>
        TestApp.StartAsync(
            builder => builder.Services.AddSingleton(_calls).AddSingleton(_taken).AddSingleton<Gate>(),
            typeof(Streams)
        );

    public sealed class Gate
    {
        public TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>How much of a body a function has read.</summary>
    public sealed class Taken
    {
        private long _bytes;

        public long Bytes => Interlocked.Read(ref _bytes);

        public void Add(int bytes) => Interlocked.Add(ref _bytes, bytes);
    }

    public sealed class Streams(Recorder<string> calls, Gate gate, Taken taken)
    {
        [Function("Echo")]
        public async Task Echo(
            [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "echo")] HttpRequest request,
            CancellationToken cancellationToken
        )
        {
            var response = request.HttpContext.Response;
            await response.StartAsync(cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
            await request.Body.CopyToAsync(response.Body, cancellationToken);
        }

        [Function("Count")]
        public async Task<IResult> Count(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "count")] HttpRequest request,
            CancellationToken cancellationToken
        )
        {
            var buffer = new byte[64 * 1024];
            var count = 0L;
            for (var read = -1; read != 0; count += read)
            {
                read = await request.Body.ReadAsync(buffer, cancellationToken);
                taken.Add(read);
            }
            return Results.Text($"{count}");
        }

        [Function("Wait")]
        public async Task<IResult> Wait(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "wait")] HttpRequest request,
            CancellationToken cancellationToken
        )
        {
            calls.Add("waiting");
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                calls.Add("cancelled");
                throw;
            }
            return Results.NoContent();
        }

        [Function("Gated")]
        public async Task<IResult> Gated(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "gate")] HttpRequest request
        )
        {
            calls.Add("at the gate");
            await gate.Open.Task;
            return Results.Text("through");
        }
    }

    /// <summary>So many zeros, made as they are sent; knows how far it was ever ahead of who takes them.</summary>
    private sealed class ZeroStream(long size, Func<long> taken) : Stream
    {
        private long _sent;

        public long MostAhead { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, size - _sent);
            buffer.AsSpan(offset, read).Clear();
            _sent += read;
            MostAhead = Math.Max(MostAhead, _sent - taken());
            return read;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
