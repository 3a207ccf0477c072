namespace Trainyard.Runtime.Engine.Instances;

/// <summary>An earlier step of the instance could not be kept, so what builds on it cannot be kept either.</summary>
internal sealed class LostInstanceException() : Exception("The instance was dropped from memory.");
