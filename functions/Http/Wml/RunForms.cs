using Microsoft.AspNetCore.Http;
using Trainyard.Contracts;
using Trainyard.Core.Metrics;
using Trainyard.Functions.Security;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Wml;

/// <summary>Adds to a run's answer the fields that clients of 2018 read.</summary>
internal static class RunForms
{
    public static RunResource With(this RunResource run, IReadOnlyList<MetricRecord> metrics) =>
        run with
        {
            Entity = run.Entity with { Status = run.Entity.Status with { Metrics = [.. metrics.Select(Of)] } },
        };

    /// <summary>Completes the address of the run's training definition, which clients call as it stands.</summary>
    public static RunResource With(this RunResource run, HttpRequest request)
    {
        var model = run.Entity.ModelDefinition;
        return model.DefinitionHref is not { } path
            ? run
            : run with
            {
                Entity = run.Entity with
                {
                    ModelDefinition = model with { DefinitionHref = ServiceAddress.Of(request, path.TrimStart('/')) },
                },
            };
    }

    /// <summary>
    /// Adds keys to the run's two log files: the Python client reads the files from a bucket, and the owner's own keys
    /// are never given out.
    /// </summary>
    public static RunResource With(this RunResource run, HttpRequest request, LogKey key) =>
        run with
        {
            Entity = run.Entity with
            {
                TrainingResultsReference = run.Entity.TrainingResultsReference with
                {
                    Connection = new StoreConnectionResource(
                        ServiceAddress.Of(request, Routes.LogBuckets),
                        key.AccessKeyId,
                        key.Secret
                    ),
                },
            },
        };

    public static MetricResource Of(MetricRecord record) =>
        new()
        {
            Timestamp = record.TimeMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null,
            Iteration = record.Iteration,
            Phase = record.Group,
            Values =
            [
                .. record
                    .Values.Select(value => (value.Key, value.Value.Number))
                    .Where(value => value.Number is not null)
                    .Select(value => new MetricValueResource(value.Key, value.Number.GetValueOrDefault())),
            ],
        };

    /// <summary>
    /// A page of runs. Clients with a login token read the next address as an object, scripts with a key as a path.
    /// </summary>
    public static IResult Page(HttpRequest request, IEnumerable<RunResource> found, string? next)
    {
        var runs = found.Select(run => run.With(request)).ToList();
        if (!Caller.Of<UserCaller>(request).HasToken)
        {
            return Answers.Json(new RunListResource { Resources = runs, Next = next is null ? null : $"/{next}" });
        }
        return Answers.Json(
            new { Resources = runs, Next = next is null ? null : new { Url = ServiceAddress.Of(request, next) } }
        );
    }
}
