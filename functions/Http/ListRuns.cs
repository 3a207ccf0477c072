using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts;
using Trainyard.Functions.Http.Wml;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>GET /v3/models: the caller's runs, newest first, a page at a time.</summary>
public sealed class ListRuns(OwnRuns ownRuns)
{
    private const int DefaultPageSize = 100;
    private const int MaxPageSize = 1000;

    [Function(nameof(ListRuns))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Runs)] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        if (!TryReadLimit(request, out var limit))
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "invalid_limit",
                $"limit is a whole number from 1 to {MaxPageSize}."
            );
        var page = await ownRuns.ListAsync(request, limit, request.Query["continuation"], cancellationToken);
        var resources = await ownRuns.ToResourcesAsync(page.Runs, cancellationToken);
        var next = page.Continuation is { } continuation
            ? $"{Routes.Runs}?limit={limit}&continuation={Uri.EscapeDataString(continuation)}"
            : null;
        return RunForms.Page(request, resources, next);
    }

    private static bool TryReadLimit(HttpRequest request, out int limit)
    {
        limit = DefaultPageSize;
        var text = request.Query["limit"].ToString();
        return text.Length == 0 || (int.TryParse(text, out limit) && limit is >= 1 and <= MaxPageSize);
    }
}
