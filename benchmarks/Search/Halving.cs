using Trainyard.Core.Search;
using Trainyard.Core.Search.Methods;

namespace Trainyard.Benchmarks.Search;

/// <summary>
/// Trainings whose loss falls to what their hyperparameters make of it, step by step and with noise; some at once. With early
/// stopping the same points are tried, and the steps that were not made are saved.
/// </summary>
internal static class Halving
{
    private const int Steps = 81;
    private const int Parallel = 8;
    private const double Start = 3;
    private const double Pace = 12;
    private const double Noise = 0.03;

    /// <summary>How far the best is above the least, and how many steps were made in all.</summary>
    public static (double Best, long Steps) Run(TestFunction function, int points, int seed, SuccessiveHalving? rule)
    {
        var space = new SearchSpace(function.Parameters);
        var search = SearchMethods.Create("random", space, gridLevels: 5);
        var tried = new List<Observation>();
        var trainings = new List<Training>();
        var best = double.PositiveInfinity;
        long steps = 0;
        while (tried.Count < points || trainings.Exists(t => t.GoesOn))
        {
            while (trainings.Count(t => t.GoesOn) < Parallel && tried.Count < points)
            {
                tried.Add(new Observation(search.Propose(tried, seed)!, Loss: null));
                var loss = function.Loss(space.ValuesAt(tried[^1].Point)) - function.Least;
                trainings.Add(new Training(loss, new Random(seed * 1000 + trainings.Count)));
            }
            foreach (var training in trainings.FindAll(t => t.GoesOn))
            {
                steps++;
                training.Step();
                if (training.Seen.Count == Steps)
                {
                    training.GoesOn = false;
                    best = Math.Min(best, training.Final);
                }
                else if (
                    rule?.ShouldStop(training.Seen, [.. trainings.Where(t => t != training).Select(t => t.Seen)])
                    == true
                )
                {
                    training.GoesOn = false;
                }
            }
        }
        return (best, steps);
    }

    private sealed class Training(double final, Random chance)
    {
        public double Final => final;

        public bool GoesOn { get; set; } = true;

        public List<StepLoss> Seen { get; } = [];

        public void Step()
        {
            var step = Seen.Count + 1;
            var noise = Noise * ((2 * chance.NextDouble()) - 1);
            Seen.Add(new StepLoss(step, final + (Start * Math.Exp(-step / Pace)) + noise));
        }
    }
}
