using System.Net;
using Trainyard.Backends.ObjectStores.Answers;

namespace Trainyard.Backends.ObjectStores.Swift;

/// <summary>A status that is no success.</summary>
internal sealed class SwiftError(StoreAnswer answer) : Exception($"The store answered {answer}.")
{
    public StoreAnswer Answer { get; } = answer;

    public HttpStatusCode Status => Answer.Status;

    public static StoreAnswer? AnswerOf(Exception e) => (e as SwiftError)?.Answer;
}
