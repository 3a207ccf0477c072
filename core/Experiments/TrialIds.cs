using System.Text;
using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Experiments;

/// <summary>
/// The ids of an experiment's training runs. They are deterministic, so that a trial that is started twice is one run.
/// They have no underscore, because clients of 2018 read an underscore as a run without a log.
/// </summary>
internal static class TrialIds
{
    public static RunId Of(Guid experimentRun, int reference, int number)
    {
        for (var salt = 0; ; salt++)
        {
            var id = RunId.FromSeed(Encoding.ASCII.GetBytes($"{experimentRun:N}/{reference}/{number}/{salt}"));
            if (!id.ToString().Contains('_'))
            {
                return id;
            }
        }
    }
}
