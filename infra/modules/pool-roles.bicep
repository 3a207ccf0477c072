metadata description = 'What a node may do: read the agent\'s archive and the pool key. Made when both exist: a role can lie on one secret only when the secret is there.'

@description('The storage account.')
@minLength(3)
@maxLength(24)
param storageName string

@description('The container that agents are uploaded to.')
@minLength(3)
@maxLength(63)
param agentContainer string

@description('The vault.')
@minLength(3)
@maxLength(24)
param vaultName string

@description('Name of the nodes\' identity.')
@minLength(3)
@maxLength(128)
param poolName string

// Built-in roles, by their ids.
var blobDataReader = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

resource pool 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = { name: poolName }

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource agents 'containers' existing = { name: agentContainer }
  }
}

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: vaultName

  resource poolKey 'secrets' existing = { name: 'trainyard-pool-key' }
}

resource nodesOnAgents 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account::blobs::agents.id, pool.id, blobDataReader)
  scope: account::blobs::agents
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataReader)
    principalId: pool.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource nodesOnPoolKey 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault::poolKey.id, pool.id, secretsUser)
  scope: vault::poolKey
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
    principalId: pool.properties.principalId
    principalType: 'ServicePrincipal'
  }
}
