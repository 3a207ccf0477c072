using FsCheck;
using FsCheck.Fluent;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;

namespace Trainyard.Backends.Tests.Embedded;

public sealed class ContinuationProperties
{
    [Fact]
    public void What_was_given_out_is_understood() =>
        Prop.ForAll(
                Gen.Choose(0, int.MaxValue).Three().ToArbitrary(),
                numbers =>
                {
                    var (seed, high, low) = numbers;
                    var ticks = (((long)high << 31) | (uint)low) % DateTimeOffset.MaxValue.Ticks;
                    var continuation = new RunContinuation(ticks, RunId.FromSeed(BitConverter.GetBytes(seed)));
                    return RunContinuation.Parse(continuation.ToString()) == continuation;
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Whatever_else_is_refused_and_never_breaks() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<string>(),
                text =>
                {
                    try
                    {
                        return RunContinuation.Parse(text ?? "").ToString() == text;
                    }
                    catch (InvalidContinuationException)
                    {
                        return true;
                    }
                }
            )
            .QuickCheckThrowOnFailure();
}
