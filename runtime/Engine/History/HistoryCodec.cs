using Microsoft.DurableTask;

namespace Trainyard.Runtime.Engine.History;

/// <summary>The binary form of inputs and turns. Kinds are part of the file format: never renumber them.</summary>
internal static class HistoryCodec
{
    private enum InputKind : byte
    {
        TaskCompleted = 1,
        TaskFailed = 2,
        TimerFired = 3,
        EventRaised = 4,
        Suspended = 5,
        Resumed = 6,
        Terminated = 7,
    }

    private enum ActionKind : byte
    {
        Activity = 1,
        Timer = 2,
        Child = 3,
        Event = 4,
    }

    public static byte[] Encode(Turn turn)
    {
        var writer = new HistoryWriter();
        writer.Time(turn.Time);
        writer.Count(turn.Inputs.Count);
        foreach (var input in turn.Inputs)
        {
            Write(writer, input);
        }

        writer.Count(turn.Actions.Count);
        foreach (var action in turn.Actions)
        {
            Write(writer, action);
        }

        return writer.ToArray();
    }

    public static Turn DecodeTurn(ReadOnlySpan<byte> data)
    {
        var reader = new HistoryReader(data);
        var time = reader.Time();
        var inputs = new Input[reader.Count()];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = ReadInput(ref reader);
        }

        var actions = new OrchestratorAction[reader.Count()];
        for (var i = 0; i < actions.Length; i++)
        {
            actions[i] = ReadAction(ref reader);
        }

        return new Turn(time, inputs, actions);
    }

    public static byte[] Encode(Input input)
    {
        var writer = new HistoryWriter();
        Write(writer, input);
        return writer.ToArray();
    }

    public static Input DecodeInput(ReadOnlySpan<byte> data)
    {
        var reader = new HistoryReader(data);
        return ReadInput(ref reader);
    }

    public static byte[] Encode(TaskFailureDetails failure)
    {
        var writer = new HistoryWriter();
        writer.Failure(failure);
        return writer.ToArray();
    }

    public static TaskFailureDetails? DecodeFailure(ReadOnlySpan<byte> data)
    {
        var reader = new HistoryReader(data);
        return reader.AtEnd ? null : reader.Failure();
    }

    public static byte[]? Encode(IReadOnlyDictionary<string, string> tags)
    {
        if (tags.Count == 0)
        {
            return null;
        }

        var writer = new HistoryWriter();
        writer.Tags(tags);
        return writer.ToArray();
    }

    public static Dictionary<string, string> DecodeTags(ReadOnlySpan<byte> data)
    {
        var reader = new HistoryReader(data);
        return reader.AtEnd ? [] : reader.Tags();
    }

    private static void Write(HistoryWriter writer, Input input)
    {
        switch (input)
        {
            case TaskCompleted completed:
                Begin(writer, InputKind.TaskCompleted, input);
                writer.Count(completed.Generation);
                writer.Count(completed.TaskId);
                writer.Text(completed.Result);
                break;
            case TaskFailed failed:
                Begin(writer, InputKind.TaskFailed, input);
                writer.Count(failed.Generation);
                writer.Count(failed.TaskId);
                writer.Failure(failed.Details);
                writer.Bool(failed.IsFinal);
                break;
            case TimerFired fired:
                Begin(writer, InputKind.TimerFired, input);
                writer.Count(fired.TaskId);
                break;
            case EventRaised raised:
                Begin(writer, InputKind.EventRaised, input);
                writer.Text(raised.Name);
                writer.Text(raised.Payload);
                break;
            case Suspended suspended:
                Begin(writer, InputKind.Suspended, input);
                writer.Text(suspended.Reason);
                break;
            case Resumed resumed:
                Begin(writer, InputKind.Resumed, input);
                writer.Text(resumed.Reason);
                break;
            case Terminated terminated:
                Begin(writer, InputKind.Terminated, input);
                writer.Text(terminated.Output);
                writer.Bool(terminated.Recursive);
                break;
            default:
                throw new InvalidOperationException($"{input.GetType().Name} is never kept.");
        }
    }

    private static void Begin(HistoryWriter writer, InputKind kind, Input input)
    {
        writer.Byte((byte)kind);
        writer.Number((ulong)input.InboxId);
    }

    private static Input ReadInput(ref HistoryReader reader)
    {
        var kind = (InputKind)reader.Byte();
        var inboxId = (long)reader.Number();
        Input input = kind switch
        {
            InputKind.TaskCompleted => new TaskCompleted(reader.Count(), reader.Count(), reader.Text()),
            InputKind.TaskFailed => new TaskFailed(
                reader.Count(),
                reader.Count(),
                reader.Failure() ?? throw new InvalidDataException("A failure in the history has no details."),
                reader.Bool()
            ),
            InputKind.TimerFired => new TimerFired(reader.Count()),
            InputKind.EventRaised => new EventRaised(reader.RequiredText(), reader.Text()),
            InputKind.Suspended => new Suspended(reader.Text()),
            InputKind.Resumed => new Resumed(reader.Text()),
            InputKind.Terminated => new Terminated(reader.Text(), reader.Bool()),
            _ => throw new InvalidDataException($"The history holds an input of the unknown kind {kind}."),
        };
        return inboxId == 0 ? input : input with { InboxId = inboxId };
    }

    private static void Write(HistoryWriter writer, OrchestratorAction action)
    {
        switch (action)
        {
            case ActivityScheduled activity:
                Begin(writer, ActionKind.Activity, action);
                writer.Text(activity.Name);
                writer.Text(activity.Payload);
                break;
            case TimerCreated timer:
                Begin(writer, ActionKind.Timer, action);
                writer.Time(timer.DueAt);
                break;
            case ChildStarted child:
                Begin(writer, ActionKind.Child, action);
                writer.Text(child.Name);
                writer.Text(child.InstanceId);
                writer.Text(child.Payload);
                writer.Text(child.Version);
                writer.Tags(child.Tags);
                break;
            case EventSent sent:
                Begin(writer, ActionKind.Event, action);
                writer.Text(sent.InstanceId);
                writer.Text(sent.Name);
                writer.Text(sent.Payload);
                break;
            default:
                throw new InvalidOperationException($"{action.GetType().Name} is not an action of histories.");
        }
    }

    private static void Begin(HistoryWriter writer, ActionKind kind, OrchestratorAction action)
    {
        writer.Byte((byte)kind);
        writer.Count(action.TaskId);
    }

    private static OrchestratorAction ReadAction(ref HistoryReader reader)
    {
        var kind = (ActionKind)reader.Byte();
        var id = reader.Count();
        return kind switch
        {
            ActionKind.Activity => new ActivityScheduled(id, reader.RequiredText(), reader.Text()),
            ActionKind.Timer => new TimerCreated(id, reader.Time()),
            ActionKind.Child => new ChildStarted(
                id,
                reader.RequiredText(),
                reader.RequiredText(),
                reader.Text(),
                reader.RequiredText(),
                reader.Tags()
            ),
            ActionKind.Event => new EventSent(id, reader.RequiredText(), reader.RequiredText(), reader.Text()),
            _ => throw new InvalidDataException($"The history holds an action of the unknown kind {kind}."),
        };
    }
}
