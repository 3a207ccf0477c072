using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Functions.Arrays;
using Trainyard.Functions.Http.Wml;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>GET /v3/models: the caller's runs, newest first, a page at a time.</summary>
public sealed class ListRuns(OwnRuns ownRuns, ArrayPages arrays)
{
    private static readonly string[] States = [.. Enum.GetValues<RunState>().Select(WordOf)];

    [Function(nameof(ListRuns))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Runs)] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        if (!Paging.TryReadLimit(request, out var limit))
        {
            return Paging.InvalidLimit;
        }
        if (!TryReadStates(request, out var phases))
        {
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "invalid_state",
                $"state is one of {string.Join(", ", States)}, or several joined by commas."
            );
        }
        if (await FindPageAsync(request, limit, phases, cancellationToken) is not { } page)
        {
            return Problems.RunNotFound;
        }
        var resources = await ownRuns.ToResourcesAsync(page.Runs, cancellationToken);
        var kept = Kept(request, "state") + Kept(request, "array");
        var next = page.Continuation is { } continuation
            ? $"{Routes.Runs}?limit={limit}{kept}&continuation={Uri.EscapeDataString(continuation)}"
            : null;
        return RunForms.Page(request, resources, next);
    }

    // With `array`, the runs of that array; null where it is no array of the caller's.
    private async Task<RunPage?> FindPageAsync(
        HttpRequest request,
        int limit,
        IReadOnlyList<RunPhase>? phases,
        CancellationToken cancellationToken
    )
    {
        var continuation = request.Query["continuation"];
        if (request.Query["array"].ToString() is not { Length: > 0 } id)
        {
            return await ownRuns.ListAsync(request, limit, continuation, phases, cancellationToken);
        }
        return await ownRuns.FindAsync(request, id, cancellationToken) is { IsArray: true } array
            ? await arrays.ListAsync(array, limit, continuation, phases, cancellationToken)
            : null;
    }

    private static string Kept(HttpRequest request, string name) =>
        request.Query[name].ToString() is { Length: > 0 } text ? $"&{name}={Uri.EscapeDataString(text)}" : "";

    // Without the parameter, phases is null: all phases.
    private static bool TryReadStates(HttpRequest request, out IReadOnlyList<RunPhase>? phases)
    {
        phases = null;
        var text = request.Query["state"].ToString();
        if (text.Length == 0)
        {
            return true;
        }
        var states = text.Split(',');
        phases = [.. Enum.GetValues<RunPhase>().Where(phase => states.Contains(WordOf(phase.ToState())))];
        return states.All(States.Contains);
    }

    private static string WordOf(RunState state) => state.ToString().ToLowerInvariant();
}
