using System.Text.Json;
using System.Text.Json.Nodes;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Core.Tests.Runs;

namespace Trainyard.Core.Tests.Runs;

public sealed class SubmissionKeyTests
{
    private static readonly RunId Id = RunId.Parse("training-_-_-_-_-_");

    [Fact]
    public void Two_submissions_of_one_run_have_two_archives_that_tell_whose_they_are()
    {
        var (one, other) = (SubmissionKey.New(Id), SubmissionKey.New(Id));

        Assert.NotEqual(RunBlobs.Archive(one), RunBlobs.Archive(other));
        Assert.True(RunBlobs.TryParseArchive(RunBlobs.Archive(one), out var read));
        Assert.Equal(one, read);
    }

    [Fact]
    public void A_record_names_its_submission()
    {
        var key = SubmissionKey.New(Id);
        var run = Samples.RunIn(RunPhase.Queued) with { Id = Id, Nonce = key.Nonce };

        var text = JsonSerializer.Serialize(run, WireJson.Options);

        Assert.Equal(key, JsonSerializer.Deserialize<TrainingRun>(text, WireJson.Options)!.Submission);
    }

    [Fact]
    public void A_record_of_before_has_its_archive_where_it_was()
    {
        var run = JsonSerializer.SerializeToNode(Samples.RunIn(RunPhase.Queued), WireJson.Options)!.AsObject();
        run["id"] = Id.ToString();
        run.Remove("nonce");

        var read = run.Deserialize<TrainingRun>(WireJson.Options)!;

        Assert.Equal($"archives/{Id}.zip", RunBlobs.Archive(read.Submission).ToString());
        Assert.True(RunBlobs.TryParseArchive(RunBlobs.Archive(read.Submission), out var key));
        Assert.Equal(read.Submission, key);
    }

    [Theory]
    [InlineData("archives/training-DOl4q2Lk.zip")]
    [InlineData("archives/training-_-_-_-_-_")]
    [InlineData("runs/training-_-_-_-_-_.zip")]
    [InlineData("archives/other.zip")]
    public void Any_other_blob_is_no_archive(string name) =>
        Assert.False(RunBlobs.TryParseArchive(BlobName.Parse(name), out _));
}
