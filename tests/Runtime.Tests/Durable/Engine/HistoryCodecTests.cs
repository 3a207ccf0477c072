using FsCheck;
using FsCheck.Fluent;
using Microsoft.DurableTask;
using Trainyard.Runtime.Engine.History;

namespace Trainyard.Runtime.Tests.Durable.Engine;

public sealed class HistoryCodecTests
{
    [Fact]
    public void Every_turn_survives_being_written_and_read() =>
        Prop.ForAll(
                Turns().ToArbitrary(),
                turn =>
                {
                    var read = HistoryCodec.DecodeTurn(HistoryCodec.Encode(turn));
                    return read.Time == turn.Time
                        && read.Inputs.SequenceEqual(turn.Inputs)
                        && read.Actions.Select(Text).SequenceEqual(turn.Actions.Select(Text));
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_turn_that_was_cut_off_is_an_error_not_another_turn()
    {
        var whole = HistoryCodec.Encode(
            new Turn(DateTime.UnixEpoch, [new EventRaised("Name", "payload")], [new ActivityScheduled(0, "Act", "in")])
        );

        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => HistoryCodec.DecodeTurn(whole.AsSpan(0, length)));
        }
    }

    private static string Text(OrchestratorAction action) =>
        action is ChildStarted child
            ? $"{child with { Tags = new Dictionary<string, string>() }}{string.Join(';', child.Tags)}"
            : action.ToString();

    private static Gen<Turn> Turns() =>
        from ticks in Gen.Choose(0, int.MaxValue)
        from inputs in Inputs().ListOf()
        from actions in Actions().ListOf()
        select new Turn(new DateTime(ticks, DateTimeKind.Utc), [.. inputs], [.. actions]);

    private static Gen<string> Names() =>
        ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => Valid(text.Get));

    private static Gen<string?> Payloads() =>
        ArbMap.Default.GeneratorFor<string?>().Select(text => text is null ? null : Valid(text));

    /// <summary>Lone surrogates have no UTF-8 form; JSON writes them escaped, so no payload holds one.</summary>
    private static string Valid(string text) => new([.. text.Where(letter => !char.IsSurrogate(letter))]);

    private static Gen<Input> Inputs() =>
        from kind in Gen.Choose(0, 3)
        from id in Gen.Choose(0, 10_000)
        from inbox in Gen.Choose(0, 100)
        from name in Names()
        from payload in Payloads()
        select (Input)(
            kind switch
            {
                0 => new TaskCompleted(id % 5, id, payload),
                1 => new TaskFailed(id % 5, id, new TaskFailureDetails(name, name, payload, null, null), id % 2 == 0),
                2 => new TimerFired(id),
                _ => new EventRaised(name, payload),
            }
        ) with
        {
            InboxId = inbox,
        };

    private static Gen<OrchestratorAction> Actions() =>
        from kind in Gen.Choose(0, 3)
        from id in Gen.Choose(0, 10_000)
        from name in Names()
        from payload in Payloads()
        select (OrchestratorAction)(
            kind switch
            {
                0 => new ActivityScheduled(id, name, payload),
                1 => new TimerCreated(id, new DateTime(id * 1000L, DateTimeKind.Utc)),
                2 => new ChildStarted(id, name, name, payload, "1.0", new Dictionary<string, string> { [name] = name }),
                _ => new EventSent(id, name, name, payload),
            }
        );
}
