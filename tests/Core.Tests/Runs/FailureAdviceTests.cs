using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Core.Tests.Runs;

public sealed class FailureAdviceTests
{
    private const string NoWords = "The run failed.";

    public static TheoryData<string> StoreCodes =>
        [
            .. Enum.GetValues<ObjectStoreFailure>()
                .SelectMany(failure =>
                    new[] { "data", "results" }.Select(side => ObjectStoreReasons.CodeOf(failure, side))
                )
                .Distinct(),
        ];

    [Theory]
    [MemberData(nameof(StoreCodes))]
    public void Every_failure_of_a_store_has_words_and_advice(string code)
    {
        var reason = RunReason.User(code, "");

        Assert.NotEqual(NoWords, FailureAdvice.SummaryOf(reason));
        Assert.NotEmpty(FailureAdvice.AdviceFor(reason, exitCode: null));
    }

    [Theory]
    [InlineData("image_failed")]
    [InlineData("dependencies_failed")]
    [InlineData("data_empty")]
    [InlineData("stream_impossible")]
    public void What_a_run_lacks_has_words_and_advice_of_its_own(string code)
    {
        var reason = RunReason.User(code, "");

        Assert.NotEqual(NoWords, FailureAdvice.SummaryOf(reason));
        Assert.DoesNotContain("Mend what the reason names and submit it again.", FailureAdvice.AdviceFor(reason, null));
    }

    [Theory]
    [InlineData("no such host")]
    [InlineData("no such host.")]
    public void A_summary_ends_with_one_full_stop(string message) =>
        Assert.Equal(
            "The node fell silent. No such host.",
            FailureAdvice.SummaryOf(RunReason.System("node_lost", message))
        );

    [Theory]
    [InlineData(127, "Check the program's name")]
    [InlineData(137, "Often memory")]
    [InlineData(139, "Often a library")]
    [InlineData(3, "Read its last lines")]
    [InlineData(null, "Read its last lines")]
    public void An_exit_code_that_says_something_comes_first(int? exitCode, string first)
    {
        var advice = FailureAdvice.AdviceFor(RunReason.CommandFailed(exitCode ?? 3), exitCode);

        Assert.StartsWith(first, advice[0]);
    }

    [Fact]
    public void The_reason_s_own_words_follow_as_a_sentence() =>
        Assert.Equal(
            "The store refuses these credentials. The session token has expired.",
            FailureAdvice.SummaryOf(RunReason.User("store_denied", "the session token has expired"))
        );

    [Theory]
    [InlineData(Fault.User, "Mend what")]
    [InlineData(Fault.System, "Submit it again")]
    public void A_reason_without_words_of_its_own_has_advice_by_whose_fault_it_is(Fault fault, string first)
    {
        var reason = RunReason.User("something_new", "why") with { Fault = fault };

        Assert.Equal($"{NoWords} Why.", FailureAdvice.SummaryOf(reason));
        Assert.StartsWith(first, FailureAdvice.AdviceFor(reason, exitCode: 137)[0]);
    }
}
