using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;

namespace Trainyard.Agent.Tests.Service;

/// <summary>
/// The service's routes for agents, over real HTTP: small, in memory, and able to fail on demand. It can be stopped and
/// started again at another port, as the real one can.
/// </summary>
internal sealed class FakeService(string home) : IAsyncDisposable
{
    public const string PoolKey = "pool-key-of-the-test";
    private readonly ConcurrentQueue<FakeRun> _queue = new();
    private readonly ConcurrentQueue<FakeRun> _given = new();
    private readonly SemaphoreSlim _queued = new(0);
    private WebApplication? _app;

    /// <summary>All runs that were ever given.</summary>
    public ConcurrentDictionary<string, FakeRun> Runs { get; } = new();

    public ConcurrentQueue<LeaseRequest> Questions { get; } = new();

    /// <summary>Decides about every request of an attempt before it is handled: a status to answer instead, or null.</summary>
    public Func<FakeRun, HttpContext, int?> Interfere { get; set; } = (_, _) => null;

    /// <summary>Says which answers begin and bring nothing, until the caller goes.</summary>
    public Func<HttpContext, bool> Silence { get; set; } = _ => false;

    /// <summary>After an append was taken and before its answer is sent.</summary>
    public Action<HttpContext> AfterAppend { get; set; } = _ => { };

    public string AcceptedKey { get; set; } = PoolKey;

    public Uri Url { get; private set; } = new("http://127.0.0.1:1");

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Limits.MaxRequestBodySize = null).UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/" + AgentRoutes.Leases, LeaseAsync);
        _app.Map("/agents/v1/runs/{id}/attempts/{attempt}/{**route}", HandleAsync);
        await _app.StartAsync();
        Url = new Uri(_app.Urls.First());
        Directory.CreateDirectory(Path.Combine(home, "agent"));
        await File.WriteAllTextAsync(Path.Combine(home, "agent", "pool.key"), PoolKey + "\n");
        await MoveAsync(Url, Environment.ProcessId);
    }

    /// <summary>As a crash would: whoever is connected is cut off, and nobody listens.</summary>
    public async Task StopAsync()
    {
        if (_app is null)
        {
            return;
        }
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _app = null;
    }

    /// <summary>Says that the service is elsewhere, and another process.</summary>
    public Task MoveAsync(Uri url, int pid) =>
        File.WriteAllTextAsync(Path.Combine(home, "service.json"), JsonSerializer.Serialize(new { url, pid }));

    public FakeRun Submit(FakeRun run)
    {
        Runs[run.Task.RunId.ToString()] = run;
        _queue.Enqueue(run);
        _queued.Release();
        return run;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task LeaseAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization != "Bearer " + AcceptedKey)
        {
            context.Response.StatusCode = 401;
            return;
        }
        var question = (await context.Request.ReadFromJsonAsync<LeaseRequest>(WireJson.Options))!;
        Questions.Enqueue(question);
        if (_given.FirstOrDefault(r => IsForgotten(r, question)) is { } forgotten)
        {
            await context.Response.WriteAsJsonAsync(forgotten.Task, WireJson.Options);
        }
        else if (!await WaitAsync(TimeSpan.FromSeconds(question.WaitSeconds), context.RequestAborted))
        {
            context.Response.StatusCode = 204;
        }
        else if (_queue.TryDequeue(out var run))
        {
            await GiveAsync(run, context);
        }
    }

    private Task GiveAsync(FakeRun run, HttpContext context)
    {
        _given.Enqueue(run);
        return context.Response.WriteAsJsonAsync(run.Task, WireJson.Options);
    }

    // The answer with this run was lost on its way: the node neither renewed it nor says that it holds it.
    private static bool IsForgotten(FakeRun run, LeaseRequest question) =>
        run is { Heartbeats: 0, Phases.IsEmpty: true, Completed.IsCompleted: false }
        && question.Offer.Holds.All(h => h.RunId != run.Task.RunId);

    private async Task<bool> WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            return await _queued.WaitAsync(wait, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task HandleAsync(HttpContext context, string id, string route)
    {
        var run = Runs[id];
        if (context.Request.Headers.Authorization != "Bearer " + run.Task.LeaseToken)
        {
            context.Response.StatusCode = 401;
        }
        else if (run.LeaseLost)
        {
            await ProblemAsync(context, 410, "lease_lost");
        }
        else if (Interfere(run, context) is { } status)
        {
            await ProblemAsync(context, status, "interfered");
        }
        else if (Silence(context))
        {
            await SilenceAsync(context);
        }
        else
        {
            await run.HandleAsync(context, route, AfterAppend);
        }
    }

    private static async Task SilenceAsync(HttpContext context)
    {
        await context.Response.Body.WriteAsync("PK"u8.ToArray());
        await context.Response.Body.FlushAsync();
        var gone = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    }

    private static Task ProblemAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        var problem = new Problem
        {
            Title = code,
            Status = status,
            Code = code,
        };
        return context.Response.WriteAsJsonAsync(problem, WireJson.Options, Problem.MediaType);
    }
}
