using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Trainyard.Chaos.World;

namespace Trainyard.Chaos.Runs;

/// <summary>The users: submits runs, cancels some, and sees how each stands. Asks again whenever nobody answers.</summary>
internal sealed class Client(Yard yard, int liveRuns, int seed, Action<string> tell)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);

    private readonly Random _random = new(seed);
    private readonly ConcurrentDictionary<string, SubmittedRun> _runs = new();
    private readonly Dictionary<RunKind, byte[]> _archives = RunKind.All.ToDictionary(kind => kind, Submission.Archive);
    private int _number;

    public IReadOnlyCollection<SubmittedRun> Runs => [.. _runs.Values];

    /// <summary>Runs that the service refused although nothing was wrong with them.</summary>
    public ConcurrentQueue<string> Refusals { get; } = new();

    /// <summary>Keeps so many runs alive until it is stopped; then looks on until all have ended or the time is up.</summary>
    public async Task WorkAsync(CancellationToken noMore, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await LookAsync();
            var live = _runs.Values.Count(run => !run.IsEnded);
            if (noMore.IsCancellationRequested && live == 0)
            {
                return;
            }
            if (!noMore.IsCancellationRequested)
            {
                for (var missing = Math.Min(5, liveRuns - live); missing > 0; missing--)
                {
                    await SubmitAsync(stop);
                }
            }

            foreach (
                var run in _runs.Values.Where(run =>
                    run is { IsEnded: false, IsCancelAccepted: false, Kind.IsCanceled: true, Phase: "PROCESSING" }
                )
            )
            {
                await CancelAsync(run);
            }
            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    /// <summary>Reads how all runs stand, page after page.</summary>
    /// <returns>The runs that the service lists; null when it did not answer to the last page.</returns>
    public async Task<IReadOnlySet<string>?> LookAsync()
    {
        var listed = new HashSet<string>();
        string? next = "v3/models?limit=1000";
        while (next is not null)
        {
            if (await AskAsync(HttpMethod.Get, next) is not { Code: HttpStatusCode.OK } page)
            {
                return null;
            }
            using var document = JsonDocument.Parse(page.Body);
            foreach (var run in document.RootElement.GetProperty("resources").EnumerateArray())
            {
                var id = run.GetProperty("metadata").GetProperty("guid").GetString()!;
                listed.Add(id);
                if (_runs.TryGetValue(id, out var known))
                {
                    known.See(run);
                }
            }

            next = NextOf(document.RootElement);
        }
        return listed;
    }

    private static string? NextOf(JsonElement page) =>
        !page.TryGetProperty("next", out var next) ? null
        : next.ValueKind == JsonValueKind.String ? next.GetString()!.TrimStart('/')
        : next.ValueKind == JsonValueKind.Object
            ? new Uri(next.GetProperty("url").GetString()!).PathAndQuery.TrimStart('/')
        : null;

    // Asked until it is answered: a run whose acceptance was lost on its way must be found by its key, not left unknown.
    private async Task SubmitAsync(CancellationToken stop)
    {
        var kind = RunKind.All[_random.Next(RunKind.All.Count)];
        var onS3 = yard.HasStore && _random.Next(2) == 0;
        var idempotencyKey = $"chaos-{_number++}";
        while (!stop.IsCancellationRequested)
        {
            var answer = await AskAsync(HttpMethod.Post, "v3/models", () => Body(kind, onS3), idempotencyKey);
            if (answer is { Code: HttpStatusCode.Accepted })
            {
                using var document = JsonDocument.Parse(answer.Body);
                var id = document.RootElement.GetProperty("metadata").GetProperty("guid").GetString()!;
                if (!_runs.TryAdd(id, new SubmittedRun(id, kind, onS3)))
                {
                    Refusals.Enqueue($"{id} was given twice");
                }
                return;
            }

            if (answer is { } refused && (int)refused.Code < 500)
            {
                Refusals.Enqueue($"{kind.Name}: {(int)refused.Code} {refused.Body}");
                return;
            }

            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    private MultipartFormDataContent Body(RunKind kind, bool onS3) =>
        new()
        {
            { new StringContent(Submission.Manifest(kind, onS3, yard)), "manifest", "manifest.yaml" },
            { new ByteArrayContent(_archives[kind]), "model_definition", "model.zip" },
        };

    private async Task CancelAsync(SubmittedRun run)
    {
        run.Cancels++;
        const string Cancel = """[{"op":"replace","path":"/status/state","value":"canceled"}]""";
        var answer = await AskAsync(
            HttpMethod.Patch,
            $"v3/models/{run.Id}",
            () => new StringContent(Cancel, Encoding.UTF8, "application/json")
        );
        if (answer is { Code: HttpStatusCode.NoContent })
        {
            run.IsCancelAccepted = true;
        }
        else if (answer is not null)
        {
            tell($"cancel of {run.Id}: {(int)answer.Code} {answer.Body}");
        }
    }

    private async Task<Answer?> AskAsync(
        HttpMethod method,
        string path,
        Func<HttpContent>? content = null,
        string? idempotencyKey = null
    )
    {
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative))
            {
                Content = content?.Invoke(),
            };
            if (idempotencyKey is not null)
            {
                request.Headers.Add("Idempotency-Key", idempotencyKey);
            }
            using var answer = await yard.Http.SendAsync(request);
            return new Answer(answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return null; // Killed, frozen or starting: asked again.
        }
    }

    private sealed record Answer(HttpStatusCode Code, string Body);
}
