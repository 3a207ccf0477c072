metadata description = 'What the function app and the operator may do, each on the narrowest thing that Azure lets us name.'

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

@description('The key that wraps the Data Protection keys.')
@minLength(1)
@maxLength(127)
param keyName string

@description('The Application Insights resource.')
@minLength(1)
@maxLength(260)
param insightsName string

@description('Name of the function app\'s identity.')
@minLength(3)
@maxLength(128)
param functionsName string

@description('Object id of the operator.')
@minLength(36)
@maxLength(36)
param operatorPrincipalId string

@description('What the operator is in the directory.')
@allowed(['User', 'Group', 'ServicePrincipal'])
param operatorPrincipalType string

// Built-in roles, by their ids.
var blobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var blobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var queueDataContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
var tableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var cryptoServiceEncryptionUser = 'e147488a-f6f5-4113-8e2d-b22465e65bf6'
var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'
var secretsOfficer = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
var metricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

// The host keeps leases and keys in blobs (owner, as its documentation asks), the durable engine queues and tables.
// The first also allows user delegation keys, with which agents get addresses for single blobs.
var storageRoles = [blobDataOwner, queueDataContributor, tableDataContributor]

resource functions 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = { name: functionsName }

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource agents 'containers' existing = { name: agentContainer }
  }
}

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: vaultName

  resource dataProtection 'keys' existing = { name: keyName }
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = { name: insightsName }

resource functionsOnStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in storageRoles: {
    name: guid(account.id, functions.id, role)
    scope: account
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
      principalId: functions.properties.principalId
      principalType: 'ServicePrincipal'
    }
  }
]

resource functionsOnKey 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault::dataProtection.id, functions.id, cryptoServiceEncryptionUser)
  scope: vault::dataProtection
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', cryptoServiceEncryptionUser)
    principalId: functions.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// Both secrets of the vault are the service's own.
resource functionsOnSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, functions.id, secretsUser)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
    principalId: functions.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource functionsOnInsights 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, functions.id, metricsPublisher)
  scope: insights
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisher)
    principalId: functions.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource operatorOnSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, operatorPrincipalId, secretsOfficer)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsOfficer)
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
  }
}

resource operatorOnAgents 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account::blobs::agents.id, operatorPrincipalId, blobDataContributor)
  scope: account::blobs::agents
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataContributor)
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
  }
}
