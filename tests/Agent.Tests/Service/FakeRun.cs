using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Tests.Service;

/// <summary>A run as the fake service keeps it: what it gives to the agent, and what it got back.</summary>
internal sealed class FakeRun
{
    private readonly Lock _gate = new();
    private readonly MemoryStream _log = new();
    private readonly MemoryStream _metrics = new();
    private readonly MemoryStream _system = new();
    private readonly MemoryStream _logTimes = new();
    private readonly TaskCompletionSource<CompletionReport> _completed = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    public required NodeTask Task { get; init; }

    public required byte[] Archive { get; init; }

    /// <summary>The data bucket, pages of <see cref="PageSize"/>.</summary>
    public IReadOnlyList<FakeObject> Data { get; init; } = [];

    public int PageSize { get; init; } = 3;

    /// <summary>How long the addresses of a page are good.</summary>
    public double LifetimeSeconds { get; set; } = 3600;

    /// <summary>Whether all objects are only to be had from the service itself.</summary>
    public bool GivesNoAddresses { get; set; }

    /// <summary>Where files are staged; the service itself by default.</summary>
    public Func<string, UploadTarget?> UploadTo { get; set; } = _ => null;

    /// <summary>Whether it takes small files several at once.</summary>
    public bool TakesGroups { get; set; }

    /// <summary>How many files came in each group.</summary>
    public ConcurrentQueue<int> Groups { get; } = new();

    /// <summary>Called when a group came, before it is staged.</summary>
    public Action BeforeGroup { get; set; } = () => { };

    /// <summary>Where a file goes straight into the bucket; nowhere by default.</summary>
    public Func<BucketUploadRequest, BucketUploadTarget?> BucketTo { get; set; } = _ => null;

    /// <summary>What has gone there whole.</summary>
    public ConcurrentDictionary<string, BucketUploadCommit> InBucket { get; } = new();

    /// <summary>Where the log may be appended to besides; only the service itself by default.</summary>
    public AppendTarget? AppendLogTo { get; set; }

    /// <summary>How often such an address was asked for.</summary>
    public int AddressesAsked { get; private set; }

    /// <summary>Appends to the log that came through the service.</summary>
    public int LogAppends { get; private set; }

    /// <summary>What earlier attempts saved, and what this one saves.</summary>
    public FakeCheckpoints Checkpoints { get; init; } = new();

    /// <summary>Where it meets the other learners of its run; null for the only one.</summary>
    public FakeRendezvous? Rendezvous { get; init; }

    public bool CancelRequested { get; set; }

    /// <summary>What its heartbeats are answered, instead of whether it is canceled.</summary>
    public HeartbeatAnswer? Told { get; set; }

    public bool LeaseLost { get; set; }

    public ConcurrentQueue<PhaseReport> Phases { get; } = new();

    public ConcurrentDictionary<string, byte[]> Staged { get; } = new();

    public Task<CompletionReport> Completed => _completed.Task;

    public int Heartbeats { get; private set; }

    public string LogText => TextOf(_log);

    public string MetricsText => TextOf(_metrics);

    /// <summary>When what of the log was printed.</summary>
    public string LogTimesText => TextOf(_logTimes);

    /// <summary>The node's own measurements.</summary>
    public string SystemText => TextOf(_system);

    public ConcurrentQueue<ProgressReport> Progress { get; } = new();

    public long LogLength
    {
        get
        {
            lock (_gate)
            {
                return _log.Length;
            }
        }
    }

    public byte[] LogBytes
    {
        get
        {
            lock (_gate)
            {
                return _log.ToArray();
            }
        }
    }

    public string StagedText(string path) => Encoding.UTF8.GetString(Staged[path]);

    public async Task HandleAsync(HttpContext context, string route, Action<HttpContext> afterAppend)
    {
        switch (route)
        {
            case AgentRoutes.Heartbeat:
                Heartbeats++;
                await WriteAsync(context, Told ?? new HeartbeatAnswer { CancelRequested = CancelRequested });
                break;
            case AgentRoutes.Rendezvous:
                var place = (await context.Request.ReadFromJsonAsync<RendezvousRequest>(WireJson.Options))!;
                await WriteOrNothingAsync(context, await Rendezvous!.MeetAsync(Task.Learner, place));
                break;
            case AgentRoutes.Archive:
                await context.Response.Body.WriteAsync(Archive);
                break;
            case AgentRoutes.Data:
                await WriteAsync(context, Page(context.Request.Query["cursor"]));
                break;
            case AgentRoutes.DataContent:
                await Data.Single(o => o.Key == context.Request.Query["key"]).SendAsync(context);
                break;
            case AgentRoutes.Phase:
                Phases.Enqueue((await context.Request.ReadFromJsonAsync<PhaseReport>(WireJson.Options))!);
                context.Response.StatusCode = 204;
                break;
            case AgentRoutes.LogAddress:
                AddressesAsked++;
                await WriteOrNothingAsync(context, AppendLogTo);
                break;
            case AgentRoutes.Log:
                LogAppends++;
                await AnswerAppendAsync(context, _log, afterAppend);
                break;
            case AgentRoutes.Metrics:
                await AnswerAppendAsync(context, _metrics, afterAppend);
                break;
            case AgentRoutes.LogTimes:
                await AnswerAppendAsync(context, _logTimes, afterAppend);
                break;
            case AgentRoutes.System:
                await AnswerAppendAsync(context, _system, afterAppend);
                break;
            default:
                await HandleEndAsync(context, route);
                break;
        }
    }

    private async Task HandleEndAsync(HttpContext context, string route)
    {
        context.Response.StatusCode = 204;
        switch (route)
        {
            case AgentRoutes.MetricsAddress:
            case AgentRoutes.SystemAddress:
            case AgentRoutes.LogTimesAddress:
                break;
            case AgentRoutes.Progress:
                Progress.Enqueue((await context.Request.ReadFromJsonAsync<ProgressReport>(WireJson.Options))!);
                break;
            case AgentRoutes.Uploads:
                context.Response.StatusCode = 200;
                var wanted = await context.Request.ReadFromJsonAsync<UploadRequest>(WireJson.Options);
                var path = Uri.EscapeDataString(wanted!.Path);
                var url = $"{AgentRoutes.Attempt(Task.RunId, Task.Attempt)}/{AgentRoutes.Staging}?path={path}";
                var group = $"{AgentRoutes.Attempt(Task.RunId, Task.Attempt)}/{AgentRoutes.StagingGroup}";
                var here = new UploadTarget { Url = url, GroupUrl = TakesGroups ? group : null };
                await WriteAsync(context, UploadTo(wanted.Path) ?? here);
                break;
            case AgentRoutes.BucketUploads:
                var asked = await context.Request.ReadFromJsonAsync<BucketUploadRequest>(WireJson.Options);
                await WriteOrNothingAsync(context, BucketTo(asked!));
                break;
            case AgentRoutes.BucketCommits:
                var commit = (await context.Request.ReadFromJsonAsync<BucketUploadCommit>(WireJson.Options))!;
                InBucket[commit.Path] = commit;
                break;
            case AgentRoutes.Staging:
                await StageAsync(context);
                break;
            case AgentRoutes.StagingGroup:
                await StageGroupAsync(context);
                break;
            case AgentRoutes.Completion:
                _completed.TrySetResult((await context.Request.ReadFromJsonAsync<CompletionReport>(WireJson.Options))!);
                break;
            default:
                await Checkpoints.HandleAsync(context, route, AgentRoutes.Attempt(Task.RunId, Task.Attempt));
                break;
        }
    }

    private DataPage Page(string? cursor)
    {
        var from = cursor is null ? 0 : int.Parse(cursor);
        var next = from + PageSize;
        return new DataPage
        {
            Objects = [.. Data.Skip(from).Take(PageSize).Select(Listed)],
            Next = next < Data.Count ? next.ToString() : null,
            LifetimeSeconds = LifetimeSeconds,
        };
    }

    private DataObject Listed(FakeObject o) =>
        new()
        {
            Key = o.Key,
            Bytes = o.ListedBytes ?? o.Content.Length,
            Version = o.ListsVersion ? o.Version : null,
            Url =
                (GivesNoAddresses ? null : o.Url)
                ?? $"{AgentRoutes.Attempt(Task.RunId, Task.Attempt)}/{AgentRoutes.DataContent}?key={Uri.EscapeDataString(o.Key)}",
        };

    private async Task AnswerAppendAsync(HttpContext context, MemoryStream target, Action<HttpContext> afterAppend)
    {
        var answer = await AppendAsync(context, target);
        afterAppend(context);
        if (!context.RequestAborted.IsCancellationRequested)
        {
            await WriteAsync(context, answer);
        }
    }

    private async Task<AppendAnswer> AppendAsync(HttpContext context, MemoryStream target)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var offset = long.Parse(context.Request.Query["offset"].ToString());
        lock (_gate)
        {
            var written = Append(target, offset, body.ToArray());
            return new AppendAnswer { Written = written, Length = target.Length };
        }
    }

    /// <summary>An append to the log that came another way.</summary>
    public bool AppendToLog(long offset, byte[] bytes)
    {
        lock (_gate)
        {
            return Append(_log, offset, bytes);
        }
    }

    private static bool Append(MemoryStream target, long offset, byte[] bytes)
    {
        if (offset != target.Length)
        {
            return false;
        }
        target.Write(bytes);
        return true;
    }

    private async Task StageAsync(HttpContext context)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var hash = Convert.ToHexStringLower(SHA256.HashData(body.ToArray()));
        if (hash == context.Request.Headers[AgentRoutes.Sha256Header] && context.Request.ContentLength == body.Length)
        {
            Staged[context.Request.Query["path"].ToString()] = body.ToArray();
        }
        else
        {
            context.Response.StatusCode = 400;
        }
    }

    private async Task StageGroupAsync(HttpContext context)
    {
        BeforeGroup();
        var files = await FileGroup.ReadAsync(context.Request.Body, default);
        foreach (var file in files)
        {
            var content = new byte[file.Bytes];
            await context.Request.Body.ReadExactlyAsync(content);
            Xunit.Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), file.Sha256);
            Staged[file.Path] = content;
        }
        Xunit.Assert.Equal(0, await context.Request.Body.ReadAsync(new byte[1]));
        Groups.Enqueue(files.Count);
    }

    private static Task WriteOrNothingAsync<T>(HttpContext context, T? body)
    {
        context.Response.StatusCode = body is null ? 204 : 200;
        return body is null ? System.Threading.Tasks.Task.CompletedTask : WriteAsync(context, body);
    }

    private static Task WriteAsync<T>(HttpContext context, T body) =>
        context.Response.WriteAsJsonAsync(body, WireJson.Options);

    private string TextOf(MemoryStream stream)
    {
        lock (_gate)
        {
            return Encoding.UTF8.GetString(stream.ToArray());
        }
    }
}
