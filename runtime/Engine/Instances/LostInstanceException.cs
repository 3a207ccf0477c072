namespace Trainyard.Runtime.Engine.Instances;

/// <summary>
/// An earlier step of the instance could not be stored, so later changes that build on it cannot be either.
/// </summary>
internal sealed class LostInstanceException() : Exception("The instance was dropped from memory.");
