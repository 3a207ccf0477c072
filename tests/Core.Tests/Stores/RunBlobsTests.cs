using Trainyard.Contracts.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Core.Tests.Stores;

public sealed class RunBlobsTests
{
    private static readonly RunId Run = RunId.New();

    [Fact]
    public void The_first_learner_s_output_lies_where_that_of_every_run_always_did()
    {
        Assert.Equal($"runs/{Run}/training-log.txt", $"{RunBlobs.Log(Run)}");
        Assert.Equal($"runs/{Run}/evaluation-metrics.txt", $"{RunBlobs.Metrics(Run, learner: 1)}");
        Assert.Equal($"runs/{Run}/learner-2/training-log-times.txt", $"{RunBlobs.LogTimes(Run, learner: 2)}");
        Assert.Equal($"runs/{Run}/learner-64/system-metrics.txt", $"{RunBlobs.System(Run, learner: 64)}");
    }

    [Theory]
    [InlineData(1, "model/weights.bin", true)]
    [InlineData(1, "learner-1/training-log.txt", true)]
    [InlineData(2, "learner-2/model/weights.bin", true)]
    [InlineData(2, "learner-2/training-log.txt", true)]
    [InlineData(2, "model/weights.bin", false)]
    [InlineData(2, "learner-1/training-log.txt", false)]
    [InlineData(2, "learner-20/training-log.txt", false)]
    [InlineData(2, "learner-2", false)]
    [InlineData(2, "learner-2/../model/weights.bin", false)]
    public void A_learner_stages_into_its_own_folder_only(int learner, string path, bool isIts)
    {
        Assert.Equal(isIts, RunBlobs.TryStaged(Run, attempt: 3, learner, path, out var name));
        Assert.Equal(isIts ? $"runs/{Run}/staging/3/{path}" : "", isIts ? $"{name}" : "");
    }
}
