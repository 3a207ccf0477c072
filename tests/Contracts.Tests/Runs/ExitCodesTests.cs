using Trainyard.Contracts.Runs;

namespace Trainyard.Contracts.Tests.Runs;

public sealed class ExitCodesTests
{
    [Theory]
    [InlineData(1, "exit 1")]
    [InlineData(3, "exit 3")]
    [InlineData(126, "exit 126 (a program may not be executed)")]
    [InlineData(127, "exit 127 (a program was not found)")]
    [InlineData(128, "exit 128")]
    [InlineData(137, "exit 137 (killed by SIGKILL)")]
    [InlineData(139, "exit 139 (ended by SIGSEGV, a bad memory access)")]
    [InlineData(162, "exit 162 (ended by signal 34)")]
    [InlineData(193, "exit 193")]
    [InlineData(255, "exit 255")]
    [InlineData(-1, "exit -1")]
    public void Codes_that_mean_the_same_to_all_shells_are_in_words(int exitCode, string expected) =>
        Assert.Equal(expected, ExitCodes.Describe(exitCode));
}
