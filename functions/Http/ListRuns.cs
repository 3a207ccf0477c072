using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Functions.Http.Wml;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>GET /v3/models: the caller's runs, newest first, a page at a time.</summary>
public sealed class ListRuns(OwnRuns ownRuns)
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
        var page = await ownRuns.ListAsync(request, limit, request.Query["continuation"], phases, cancellationToken);
        var resources = await ownRuns.ToResourcesAsync(page.Runs, cancellationToken);
        var next = page.Continuation is { } continuation
            ? $"{Routes.Runs}?limit={limit}{StatesOf(request)}&continuation={Uri.EscapeDataString(continuation)}"
            : null;
        return RunForms.Page(request, resources, next);
    }

    private static string StatesOf(HttpRequest request) =>
        request.Query["state"].ToString() is { Length: > 0 } states ? $"&state={Uri.EscapeDataString(states)}" : "";

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
