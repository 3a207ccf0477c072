namespace Trainyard.Agent.Service;

/// <summary>The node does not trust a store's certificate.</summary>
internal sealed class UntrustedStoreException(string fault) : Exception(fault);
