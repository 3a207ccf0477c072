using System.Text;
using Trainyard.Chaos.Runs;

namespace Trainyard.Chaos;

/// <summary>What a campaign did and what it found.</summary>
internal sealed record CampaignReport(
    CampaignOptions Options,
    TimeSpan Took,
    IReadOnlyDictionary<string, int> Faults,
    IReadOnlyCollection<SubmittedRun> Runs,
    IReadOnlyList<string> Notes,
    IReadOnlyList<string> Violations
)
{
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(
            $"seed {Options.Seed}: {Faults.Values.Sum()} faults, {Runs.Count} runs, {Took.TotalSeconds:0} s"
        );
        foreach (var (name, count) in Faults.OrderByDescending(fault => fault.Value))
        {
            text.AppendLine($"  {count, 5}  {name}");
        }
        text.AppendLine("runs:");
        foreach (
            var group in Runs.GroupBy(run => $"{run.Kind.Name} -> {run.State} {run.Reason}").OrderBy(group => group.Key)
        )
        {
            text.AppendLine($"  {group.Count(), 5}  {group.Key}");
        }
        text.AppendLine(
            $"attempts: {Runs.Sum(run => run.Attempt)} for {Runs.Count} runs, most {Runs.Select(run => run.Attempt).DefaultIfEmpty().Max()}"
        );
        foreach (var group in Notes.GroupBy(note => note).OrderByDescending(group => group.Count()).Take(20))
        {
            text.AppendLine($"note: {group.Count()} x {group.Key}");
        }
        foreach (var violation in Violations)
        {
            text.AppendLine($"WRONG: {violation}");
        }
        text.Append(Violations.Count == 0 ? "0 lost, 0 stuck, 0 doubled, nothing left" : $"{Violations.Count} wrong");
        return text.ToString();
    }
}
