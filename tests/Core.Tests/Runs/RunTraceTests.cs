using System.Diagnostics;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;

namespace Trainyard.Core.Tests.Runs;

public sealed class RunTraceTests
{
    private const string Submit = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public void A_span_of_a_run_joins_the_trace_of_its_submit()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == RunTrace.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        var run = Samples.RunIn(RunPhase.Queued) with { Attempt = 2, TraceParent = Submit };

        using var span = run.StartSpan("StoreUnit")!;

        Assert.Equal("0af7651916cd43dd8448eb211c80319c", span.TraceId.ToString());
        Assert.Equal(run.Id.ToString(), span.GetTagItem("trainyard.run_id"));
        Assert.Equal(2, span.GetTagItem("trainyard.attempt"));
    }

    [Fact]
    public void A_run_without_a_trace_begins_one_and_nonsense_is_no_trace()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == RunTrace.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        Assert.NotNull(Samples.RunIn(RunPhase.Queued).StartSpan("a"));
        Assert.NotNull((Samples.RunIn(RunPhase.Queued) with { TraceParent = "nonsense" }).StartSpan("b"));
    }
}
