using Trainyard.Core.Search;

namespace Trainyard.Core.Tests.Search;

public sealed class SuccessiveHalvingTests
{
    private readonly SuccessiveHalving _rule = new(minSteps: 2, factor: 3);

    [Fact]
    public void Nothing_stops_before_the_first_rung() =>
        Assert.False(
            _rule.ShouldStop(
                [new(1, 9)],
                [
                    [new(2, 1)],
                    [new(2, 2)],
                    [new(2, 3)],
                ]
            )
        );

    [Fact]
    public void With_too_few_to_choose_from_all_go_on() =>
        Assert.False(
            _rule.ShouldStop(
                [new(2, 9)],
                [
                    [new(2, 1)],
                ]
            )
        );

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public void Of_three_at_a_rung_the_best_goes_on(double own, bool stops) =>
        Assert.Equal(
            stops,
            _rule.ShouldStop(
                [new(2, own)],
                [
                    [new(2, 1.5)],
                    [new(2, 2.5)],
                ]
            )
        );

    [Fact]
    public void The_best_until_the_rung_counts_and_not_what_came_later()
    {
        Assert.False(
            _rule.ShouldStop(
                [new(1, 1), new(2, 9)],
                [
                    [new(2, 2)],
                    [new(2, 3)],
                ]
            )
        );
        Assert.True(
            _rule.ShouldStop(
                [new(2, 9), new(5, 0)],
                [
                    [new(2, 2)],
                    [new(2, 3)],
                ]
            )
        );
    }

    [Fact]
    public void The_next_rung_is_the_factor_later()
    {
        List<IReadOnlyList<StepLoss>> others =
        [
            [new(2, 5), new(6, 1)],
            [new(2, 6), new(6, 2)],
        ];

        Assert.False(_rule.ShouldStop([new(2, 1), new(5, 9)], others));
        Assert.True(_rule.ShouldStop([new(2, 4.9), new(6, 4)], others));
    }
}
