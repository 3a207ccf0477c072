using FsCheck;
using FsCheck.Fluent;
using Trainyard.Agent.Verbs;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Tests;

/// <summary>Offsets and lost answers: what arrives is the spool, whole and once.</summary>
public sealed class AppendCursorProperties
{
    /// <summary>What happens to one append.</summary>
    private enum Fate
    {
        Arrives,
        RequestLost,
        AnswerLost,
    }

    [Fact]
    public void Whatever_requests_and_answers_are_lost_the_spool_arrives_whole_and_once() =>
        Prop.ForAll(
                Gen.Elements(Fate.Arrives, Fate.RequestLost, Fate.AnswerLost).ListOf().ToArbitrary(),
                Gen.Choose(0, 5000).ToArbitrary(),
                Gen.Choose(0, 9).ToArbitrary(),
                (fates, length, origin) => Arrived(fates, length, origin) == length
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_service_that_lost_its_tail_gets_it_again()
    {
        var cursor = new AppendCursor(10, 90).After(new AppendAnswer { Written = false, Length = 60 }, 5, 200);

        Assert.Equal(50, cursor.Sent);
        Assert.Equal(60, cursor.Offset);
    }

    [Fact]
    public void A_length_that_this_spool_does_not_explain_moves_the_origin_and_sends_nothing_twice()
    {
        var shorter = new AppendCursor(100, 20).After(new AppendAnswer { Written = false, Length = 7 }, 5, 200);
        var longer = new AppendCursor(0, 20).After(new AppendAnswer { Written = false, Length = 900 }, 5, 200);

        Assert.Equal((20, 7), (shorter.Sent, shorter.Offset));
        Assert.Equal((20, 900), (longer.Sent, longer.Offset));
    }

    /// <returns>How much of the spool the service has, or -1 when it is not the spool's beginning.</returns>
    private static int Arrived(IEnumerable<Fate> fates, int length, int origin)
    {
        const int piece = 700;
        var service = new List<int>(Enumerable.Repeat(-1, origin));
        var cursor = new AppendCursor(origin, 0);
        using var fate = fates.GetEnumerator();
        while (cursor.Sent < length)
        {
            var offered = (int)Math.Min(piece, length - cursor.Sent);
            var now = fate.MoveNext() ? fate.Current : Fate.Arrives;
            if (now is Fate.RequestLost)
            {
                continue;
            }
            var written = service.Count == cursor.Offset;
            if (written)
            {
                service.AddRange(Enumerable.Range((int)cursor.Sent, offered));
            }
            if (now is Fate.Arrives)
            {
                cursor = cursor.After(new AppendAnswer { Written = written, Length = service.Count }, offered, length);
            }
        }
        return service.Skip(origin).SequenceEqual(Enumerable.Range(0, length)) ? service.Count - origin : -1;
    }
}
