using FsCheck;
using FsCheck.Fluent;
using Trainyard.Agent.Jobs;

namespace Trainyard.Agent.Tests;

/// <summary>The names in the job folder.</summary>
public sealed class JobNamesProperties
{
    private static readonly Gen<string> Buckets = Gen.Elements(
            "a",
            "logs",
            "LOGS",
            "model-code",
            "latest-log",
            "a-results",
            "..",
            "x/a",
            "/",
            "",
            "é"
        )
        .SelectMany(name => Gen.Elements("", "-data", "-results").Select(end => name + end));

    [Fact]
    public void Whatever_the_buckets_are_called_nothing_in_the_job_folder_meets() =>
        Prop.ForAll(
                Buckets.ToArbitrary(),
                Buckets.ToArbitrary(),
                (data, results) =>
                {
                    var names = JobNames.For(data, results);
                    string[] all = [names.Data, names.Results, JobNames.Model, JobNames.Logs, JobNames.LatestLog];
                    return all.Distinct(StringComparer.OrdinalIgnoreCase).Count() == all.Length
                        && all.All(n => n.Length > 0 && n is not ("." or "..") && !n.Contains('/'));
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Ordinary_buckets_keep_their_names() =>
        Assert.Equal(new JobNames("dl-data", "dl-models"), JobNames.For("dl-data", "dl-models"));

    [Fact]
    public void One_bucket_for_both_is_told_apart() =>
        Assert.Equal(new JobNames("digits", "digits-results"), JobNames.For("digits", "digits"));
}
