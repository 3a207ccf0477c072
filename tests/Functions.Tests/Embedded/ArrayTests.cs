using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Arrays;
using Trainyard.Core.Runs;
using Trainyard.Functions.Http;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;
using Trainyard.Tests.Shared;

namespace Trainyard.Functions.Tests;

/// <summary>What the routes say and do of arrays, on the embedded stores.</summary>
public sealed class ArrayTests : IAsyncLifetime
{
    private RunsHost _host = null!;

    public async Task InitializeAsync() => _host = await RunsHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task Its_runs_are_listed_by_index_page_by_page_with_those_that_have_no_record()
    {
        var array = await ArrayAsync(5);
        await StartAsync(array, 0, 1, 3);
        await EndAsync(array, 1, RunPhase.Failed, 7);

        var first = await ListAsync(array, "limit=3");
        var second = await ListAsync(array, "limit=3&continuation=3");

        Assert.Equal([0, 1, 2, 3, 4], first.Runs.Concat(second.Runs).Select(run => run.Entity.Array!.Index));
        Assert.Equal(["pending", "error", "pending"], first.Runs.Select(run => StateOf(run)));
        Assert.Equal(7, first.Runs[1].Entity.Status.ExitCode);
        Assert.Equal("array_turn", first.Runs[2].Entity.Status.Reason!.Code);
        Assert.Equal($"/v3/models?limit=3&array={array.Id}&continuation=3", first.Next);
        Assert.Null(second.Next);
        Assert.Equal([1], (await ListAsync(array, "state=error")).Runs.Select(run => run.Entity.Array!.Index));
    }

    [Fact]
    public async Task The_owners_list_has_the_array_alone()
    {
        var array = await ArrayAsync(3);
        await StartAsync(array, 0, 1, 2);

        var runs = (await ListAsync(array, "", isOfArray: false)).Runs;

        var entity = Assert.Single(runs).Entity;
        Assert.Equal((3, 3, 0), (entity.Array!.Count, entity.Array.States!.Pending, entity.Array.States.Error));
        Assert.Equal(["0", "1", "2"], entity.Array.Variables!["N"]);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("-1")]
    [InlineData("x")]
    public async Task A_continuation_of_something_else_is_the_callers_mistake(string continuation)
    {
        var array = await ArrayAsync(5);

        await Assert.ThrowsAsync<InvalidContinuationException>(() => ListAsync(array, $"continuation={continuation}"));
    }

    [Fact]
    public async Task The_runs_of_what_is_no_array_of_the_callers_are_not_found()
    {
        var single = await _host.AcceptedAsync();
        var foreign = await ArrayAsync(2, "louis");

        Assert.Equal(404, StatusOf(await ListResultAsync(single.Owner, $"array={single.Id}")));
        Assert.Equal(404, StatusOf(await ListResultAsync(single.Owner, $"array={foreign.Id}")));
        Assert.Equal(404, StatusOf(await ListResultAsync(single.Owner, "array=x")));
    }

    [Fact]
    public async Task A_delete_takes_all_its_runs_and_nothing_of_it_while_one_goes_on()
    {
        var array = await ArrayAsync(3);
        await StartAsync(array, 0, 1);
        await EndAsync(array, 0, RunPhase.Completed, 0);
        await ChangeAsync(array.Id, run => run.MoveTo(RunPhase.Failed, null, _host.Time.GetUtcNow()));

        Assert.Equal(409, StatusOf(await DeleteAsync(array)));
        Assert.NotNull(await FindAsync(array.Id));

        await EndAsync(array, 1, RunPhase.Halted, 1);
        Assert.Equal(204, StatusOf(await DeleteAsync(array)));
        Assert.Null(await FindAsync(array.Id));
        Assert.Null(await FindAsync(ArrayElement.IdOf(array.Id, 0)));
        Assert.Null(await FindAsync(ArrayElement.IdOf(array.Id, 1)));
    }

    [Fact]
    public async Task A_model_is_stored_of_one_of_its_runs_and_not_of_the_array()
    {
        var array = await ArrayAsync(1);

        var answer = await _host
            .Make<StoreModel>()
            .StoreAsync(RunsHost.Request(UserOf(array.Owner)), array.Id.ToString(), _host.Client, default);

        Assert.Equal(409, StatusOf(answer));
    }

    [Theory]
    [InlineData("terminated")]
    [InlineData("failed")]
    [InlineData("gone")]
    public async Task What_moves_an_array_is_started_again_when_it_is_lost(string fate)
    {
        var array = await ArrayAsync(2);
        await _host.StartOrchestrationAsync(array.Id);
        await _host.Get<ArrayProgress>().StepAsync(array.Id, default);
        await _host.BreakAsync(array.Id, fate);

        var after = await _host.Get<OrphanedRuns>().TryEndAsync(_host.Client, array.Id, default);

        Assert.Equal(RunPhase.Queued, after!.Phase);
        var instance = await _host.Client.GetInstanceAsync(array.Id.ToString(), default);
        Assert.Equal("ArrayOrchestrator", instance!.Name);
    }

    private async Task<TrainingRun> ArrayAsync(int count, string owner = "jean")
    {
        var values = Enumerable.Range(0, count).Select(i => $"{i}").ToList();
        var array = SampleRuns.New(_host.Time.GetUtcNow(), owner) with
        {
            Manifest = SampleRuns.Manifest with
            {
                Array = new() { Variables = new Dictionary<string, IReadOnlyList<string>> { ["N"] = values } },
            },
        };
        await _host.Get<IRunStore>().CreateAsync(array, default);
        return array;
    }

    private async Task StartAsync(TrainingRun array, params int[] indexes)
    {
        foreach (var index in indexes)
        {
            await _host.Get<ElementSubmission>().SubmitAsync(array, index, default);
        }
        await _host.Get<ArrayProgress>().MarkStartedAsync(array.Id, indexes, default);
    }

    private Task EndAsync(TrainingRun array, int index, RunPhase phase, int exitCode) =>
        ChangeAsync(
            ArrayElement.IdOf(array.Id, index),
            run =>
                run with
                {
                    ExitCode = exitCode,
                    History = [.. run.History, new PhaseEntry { Phase = phase, At = _host.Time.GetUtcNow() }],
                }
        );

    private Task ChangeAsync(RunId id, Func<TrainingRun, TrainingRun> change) =>
        _host.Get<IRunStore>().ChangeAsync(id, change, default);

    private async Task<TrainingRun?> FindAsync(RunId id) => (await _host.Get<IRunStore>().GetAsync(id, default))?.Run;

    private Task<IResult> DeleteAsync(TrainingRun array) =>
        _host
            .Make<DeleteRun>()
            .RunAsync(RunsHost.Request(UserOf(array.Owner)), array.Id.ToString(), _host.Client, default);

    private async Task<(IReadOnlyList<RunResource> Runs, string? Next)> ListAsync(
        TrainingRun array,
        string query,
        bool isOfArray = true
    )
    {
        var answer = await ListResultAsync(array.Owner, isOfArray ? $"array={array.Id}&{query}" : query);
        var http = new DefaultHttpContext { RequestServices = _host.Services };
        http.Response.Body = new MemoryStream();
        await answer.ExecuteAsync(http);
        http.Response.Body.Position = 0;
        var page = (await JsonSerializer.DeserializeAsync<RunListResource>(http.Response.Body, WireJson.Options))!;
        return (page.Resources, page.Next);
    }

    private Task<IResult> ListResultAsync(Owner owner, string query)
    {
        var request = RunsHost.Request(UserOf(owner));
        request.QueryString = new QueryString($"?{query}");
        return _host.Make<ListRuns>().RunAsync(request, default);
    }

    private static UserCaller UserOf(Owner owner) =>
        new(owner, IsOperator: false, KeyHash: "0123456789abcdef", HasToken: false);

    private static string StateOf(RunResource run) => run.Entity.Status.State.ToString().ToLowerInvariant();

    private static int? StatusOf(IResult answer) => Assert.IsAssignableFrom<IStatusCodeHttpResult>(answer).StatusCode;
}
