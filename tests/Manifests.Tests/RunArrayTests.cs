using Trainyard.Manifests.Model;

namespace Trainyard.Manifests.Tests;

public sealed class RunArrayTests
{
    private static readonly RunArray Array = new()
    {
        Variables = new Dictionary<string, IReadOnlyList<string>>
        {
            ["b"] = ["1", "2"],
            ["B"] = ["x", "y", "z"],
            ["_C"] = ["only"],
        },
    };

    [Fact]
    public void There_is_a_run_for_each_combination_and_the_last_name_changes_fastest()
    {
        Assert.Equal(6, Array.Count);
        Assert.Equal(
            ["x only 1", "x only 2", "y only 1", "y only 2", "z only 1", "z only 2"],
            Enumerable.Range(0, 6).Select(i => string.Join(' ', Array.ValuesOf(i).Values))
        );
        Assert.Equal(["B", "_C", "b"], Array.ValuesOf(0).Keys);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(6)]
    public void There_is_no_run_outside(int index) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Array.ValuesOf(index));

    [Fact]
    public void The_order_of_names_in_the_text_does_not_matter()
    {
        var again = new RunArray { Variables = Array.Variables.Reverse().ToDictionary(v => v.Key, v => v.Value) };
        Assert.Equal(
            Enumerable.Range(0, 6).SelectMany(Array.ValuesOf),
            Enumerable.Range(0, 6).SelectMany(again.ValuesOf)
        );
    }
}
